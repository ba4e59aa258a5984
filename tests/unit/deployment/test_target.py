"""infra/environments/*.toml, and the variables in them."""

from pathlib import Path

import pytest

from mailroom.deployment.environment_config import Target, load_target
from mailroom.errors import Refused
from mailroom.promotion.variables import expand, missing_variables

_CHECKOUT = Path(__file__).parents[3]


def test_every_fault_of_a_file_is_named_at_once(tmp_path: Path) -> None:
    (tmp_path / "odd.toml").write_text('account = 12\ntags = "none"\ncolour = "red"\n')

    with pytest.raises(Refused) as refusal:
        load_target(tmp_path, "odd")

    said = str(refusal.value)
    for fault in ("region is missing", "stack is missing", "account must be", "tags must be"):
        assert fault in said
    assert "colour is not a setting" in said


def test_an_unknown_environment_is_refused_with_those_there_are(tmp_path: Path) -> None:
    (tmp_path / "dev.toml").write_text('region = "eu-central-1"\nstack = "s"\n')

    with pytest.raises(Refused) as refusal:
        load_target(tmp_path, "prod")

    assert "dev" in refusal.value.hint


@pytest.mark.parametrize("name", ["local", "dev", "prod", "rehearsal"])
def test_every_environment_of_the_checkout_can_be_read(name: str) -> None:
    target = load_target(_CHECKOUT / "infra" / "environments", name)

    assert target.name == name
    assert target.account


def test_variables_are_named_while_they_are_missing_and_replaced_when_they_are_not() -> None:
    target = Target(
        "dev", "eu-central-1", "s", account="${ACCOUNT}", parameters={"A": "x-${FIRST}-${SECOND}"}
    )

    missing = missing_variables(target, {"FIRST": "1", "SECOND": ""})
    filled = expand(target, {"ACCOUNT": "111122223333", "FIRST": "1", "SECOND": "2"})

    assert missing == ["ACCOUNT", "SECOND"]
    assert filled.account == "111122223333"
    assert filled.parameters == {"A": "x-1-2"}
