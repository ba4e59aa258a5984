"""infra/environments/*.toml, and the variables in them."""

from pathlib import Path

import pytest

from mailroom.deployment.environment_config import (
    EnvironmentConfig,
    expand,
    load_environment_config,
    missing_variables,
)
from mailroom.errors import Refused

CHECKOUT = Path(__file__).parents[3]
MINIMAL = 'region = "eu-west-1"\nstack = "mailroom"\n'


def write(folder: Path, text: str) -> Path:
    (folder / "dev.toml").write_text(text)
    return folder


def test_a_minimal_file_is_enough(tmp_path: Path) -> None:
    config = load_environment_config(write(tmp_path, MINIMAL), "dev")

    assert config == EnvironmentConfig("dev", "eu-west-1", "mailroom")


def test_parameters_and_tags_become_text(tmp_path: Path) -> None:
    text = f'{MINIMAL}[parameters]\nLogRetentionDays = 7\n[tags]\nowner = "ada"\n'

    config = load_environment_config(write(tmp_path, text), "dev")

    assert config.parameters == {"LogRetentionDays": "7"}
    assert config.tags == {"owner": "ada"}


def test_an_unknown_environment_is_refused_with_the_known_ones(tmp_path: Path) -> None:
    write(tmp_path, MINIMAL)

    with pytest.raises(Refused, match="no environment 'prod'") as refused:
        load_environment_config(tmp_path, "prod")

    assert refused.value.hint == "known environments: dev"


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ('stack = "a"', "region is missing"),
        ('region = "a"', "stack is missing"),
        (f"{MINIMAL}account = 1", "account must be a string"),
        (f"{MINIMAL}tags = 1", "tags must be a table"),
        (f"{MINIMAL}termination_protection = 1", "termination_protection must be true or false"),
        (f'{MINIMAL}colour = "red"', "colour is not a setting"),
        ("region = ", "dev.toml: "),
    ],
)
def test_a_malformed_file_is_refused(tmp_path: Path, text: str, fault: str) -> None:
    with pytest.raises(Refused, match=fault):
        load_environment_config(write(tmp_path, text), "dev")


def test_every_fault_is_named_at_once(tmp_path: Path) -> None:
    with pytest.raises(Refused) as refused:
        load_environment_config(write(tmp_path, "account = 1\ntags = 1"), "dev")

    assert str(refused.value) == (
        "dev.toml: region is missing; stack is missing; account must be a string; "
        "tags must be a table"
    )


@pytest.mark.parametrize("name", ["local", "dev", "prod", "rehearsal"])
def test_every_environment_of_the_checkout_is_valid(name: str) -> None:
    config = load_environment_config(CHECKOUT / "infra" / "environments", name)

    assert config.name == name
    assert config.account


def test_missing_variables_are_named_and_the_others_replaced() -> None:
    config = EnvironmentConfig(
        "dev", "eu-central-1", "s", account="${ACCOUNT}", parameters={"A": "x-${FIRST}-${SECOND}"}
    )

    missing = missing_variables(config, {"FIRST": "1", "SECOND": ""})
    filled = expand(config, {"ACCOUNT": "111122223333", "FIRST": "1", "SECOND": "2"})

    assert missing == ["ACCOUNT", "SECOND"]
    assert filled.account == "111122223333"
    assert filled.parameters == {"A": "x-1-2"}
