"""The registry of changes is complete, documented, and fits the pinned LocalStack."""

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
from mailroom_localstack.patches import LOCALSTACK_VERSION, VERSION_VARIABLE, refuse_other_version

from mailroom.project import Project

ROOT = Path(__file__).parents[3]
MARKERS = ("<!-- patches -->\n", "\n<!-- end of patches -->")
APPLY = """
import json
from mailroom_localstack import patches
from localstack.utils.patch import Patch
changes = list(patches.changes(patches.START, *patches.services()))
targets = [one for change in changes if change.kind != "check" for one in change.targets]
counts = []
for _ in range(2):
    for service in (patches.START, *patches.services()):
        patches.apply(service)
    counts.append(len(Patch.applied_patches))
for target in targets:
    patches.locate(target)
print(json.dumps(counts))
"""
GONE = """
from types import SimpleNamespace
from mailroom_localstack import hooks, patches
@patches.patch("localstack.services.sns.filter:SubscriptionFilter.gone")
def change(original): pass
change.function.__module__ = "mailroom_localstack.services.sns.filters"
try:
    hooks.ServiceChanges().on_load_before(SimpleNamespace(name="sns:default"), None)
except hooks.PluginException as error:
    print(error)
"""


def engine(*arguments: str) -> str:
    """What the engine's interpreter prints."""
    interpreter = str(Project.find().interpreter("engine"))
    found = subprocess.run(
        [interpreter, "-W", "ignore", *arguments], capture_output=True, text=True, check=True
    )
    return found.stdout.strip()


@pytest.fixture(scope="module")
def registry() -> list[dict[str, Any]]:
    """The registry, as the command prints it."""
    changes: list[dict[str, Any]] = json.loads(
        engine("-m", "mailroom_localstack", "patches", "--json")
    )
    return changes


def test_every_target_exists_and_is_patched_once() -> None:
    first, second = json.loads(engine("-c", APPLY))

    assert first > 0
    assert second == first


def test_a_service_is_not_loaded_when_a_target_is_gone() -> None:
    assert "patches of sns don't fit this LocalStack" in engine("-c", GONE)


def test_every_change_says_what_localstack_does_what_differs_and_which_test_shows_it(
    registry: list[dict[str, Any]],
) -> None:
    assert registry
    for change in registry:
        difference = {"aws", "why", "saves"} & set(change)
        assert len(difference) == 1, f"{change['name']} needs one of AWS, Why, Saves"
        assert change["localstack"]
        if "aws" in change:
            assert "https://docs.aws.amazon.com/" in change["aws"], change["name"]


def test_the_test_of_every_change_exists(registry: list[dict[str, Any]]) -> None:
    for change in registry:
        path, name = re.split(r"::| ", change["test"])
        assert f"def {name}(" in (ROOT / path).read_text(), change["name"]


def test_the_documentation_has_the_registry() -> None:
    page = (ROOT / "docs" / "localstack.md").read_text()
    table = page.partition(MARKERS[0])[2].partition(MARKERS[1])[0]

    assert table == engine("-m", "mailroom_localstack", "patches")


def test_another_version_is_refused_unless_a_variable_names_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    refuse_other_version(LOCALSTACK_VERSION)
    with pytest.raises(SystemExit, match=f"{VERSION_VARIABLE}=4.15.0"):
        refuse_other_version("4.15.0")

    monkeypatch.setenv(VERSION_VARIABLE, "4.15.0")
    refuse_other_version("4.15.0")


def test_the_accepted_version_is_the_pinned_one() -> None:
    pin = f"localstack-core[runtime]=={LOCALSTACK_VERSION}"
    image = f"localstack/localstack:{LOCALSTACK_VERSION}"

    assert pin in (ROOT / "emulator" / "plugin" / "pyproject.toml").read_text()
    for file in ("docker-compose.yml", "emulator/Dockerfile"):
        assert image in (ROOT / file).read_text(), file
