from pathlib import Path

import pytest

from mailroom.deployment.environment_config import Target, load_target
from mailroom.errors import Refused

MINIMAL = 'region = "eu-west-1"\nstack = "mailroom"\n'


def write(folder: Path, text: str) -> Path:
    (folder / "dev.toml").write_text(text)
    return folder


def test_a_minimal_file_is_enough(tmp_path: Path) -> None:
    target = load_target(write(tmp_path, MINIMAL), "dev")

    assert target == Target("dev", "eu-west-1", "mailroom")


def test_parameters_and_tags_become_text(tmp_path: Path) -> None:
    text = f'{MINIMAL}[parameters]\nLogRetentionDays = 7\n[tags]\nowner = "ada"\n'

    target = load_target(write(tmp_path, text), "dev")

    assert target.parameters == {"LogRetentionDays": "7"}
    assert target.tags == {"owner": "ada"}


def test_an_unknown_environment_is_refused_with_the_known_ones(tmp_path: Path) -> None:
    write(tmp_path, MINIMAL)

    with pytest.raises(Refused, match="no environment 'prod'") as refused:
        load_target(tmp_path, "prod")

    assert refused.value.hint == "known environments: dev"


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ('stack = "a"', "region is missing"),
        ('region = "a"', "stack is missing"),
        (f"{MINIMAL}account = 1", "account must be a string"),
        (f"{MINIMAL}tags = 1", "tags must be a table"),
        (f'{MINIMAL}colour = "red"', "colour is not a setting"),
        ("region = ", "dev.toml: "),
    ],
)
def test_a_malformed_file_is_refused(tmp_path: Path, text: str, fault: str) -> None:
    with pytest.raises(Refused, match=fault):
        load_target(write(tmp_path, text), "dev")


def test_every_fault_is_named_at_once(tmp_path: Path) -> None:
    with pytest.raises(Refused) as refused:
        load_target(write(tmp_path, "account = 1\ntags = 1"), "dev")

    assert str(refused.value) == (
        "dev.toml: region is missing; stack is missing; account must be a string; "
        "tags must be a table"
    )
