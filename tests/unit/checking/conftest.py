"""The fixtures' folder: each rule's broken definitions, only the offending part."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

import mailroom.checking.rules  # noqa: F401 - registers them, whichever test is run alone
from mailroom.checking.definitions import Definitions
from mailroom.checking.reading import load_definitions, read_definitions
from mailroom.checking.template.source import Source
from mailroom.project import Project

FIXTURES = Path(__file__).parent / "fixtures"
CHECKOUT = Path(__file__).parents[3]


@pytest.fixture(scope="session")
def checkout() -> Definitions:
    return load_definitions(Project(CHECKOUT, CHECKOUT / ".mailroom"))


@pytest.fixture
def load(tmp_path: Path) -> Callable[[str], Definitions]:
    """Reads the fixture of a rule: a template, a state machine, or a small checkout."""

    def load_fixture(rule: str) -> Definitions:
        folder, machine = FIXTURES / rule, FIXTURES / f"{rule}.json"
        if folder.is_dir():
            engine = folder / "engine"
            return read_definitions(
                folder / "infra" / "template.yml",
                folder,
                folder / "functions",
                folder / "infra" / "environments",
                engine if engine.is_dir() else None,
            )
        if machine.is_file():
            return read_definitions(_around(machine, tmp_path), FIXTURES, tmp_path, tmp_path)
        definitions = read_definitions(FIXTURES / f"{rule}.yml", FIXTURES, tmp_path, tmp_path)
        before = FIXTURES / f"{rule}.before.yml"
        if before.is_file():
            return replace(definitions, previous=Source.load(before, FIXTURES))
        return definitions

    return load_fixture


def _around(machine: Path, folder: Path) -> Path:
    template = folder / "template.yml"
    properties = {"DefinitionUri": str(machine)}
    resource = {"Type": "AWS::Serverless::StateMachine", "Properties": properties}
    template.write_text(json.dumps({"Resources": {"Machine": resource}}))
    return template
