"""The behaviours that are tested, each with the page of AWS's documentation that says so."""

import importlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

_FOLDER = Path(__file__).parent
_PREFIX = "test_"
# Written as a test's name can't be.
_SPELT = {
    " kb ": " KB ",
    " mb ": " MB ",
    " xml ": " XML ",
    "dead letter": "dead-letter",
    "lambda": "Lambda",
    "python": "Python",
    "runtime exiterror": "Runtime.ExitError",
    "sandbox timedout": "Sandbox.Timedout",
    "states all": "States.ALL",
}


@dataclass(frozen=True)
class Behaviour:
    """One of AWS's behaviours.

    Attributes:
        service: Whose it is.
        name: Name of its test.
        page: URL of the documentation that says so.
        known: Why LocalStack with our plugin differs; empty when it has to be like AWS.
    """

    service: str
    name: str
    page: str
    known: str

    @property
    def sentence(self) -> str:
        """What its test says."""
        text = f"{self.name.removeprefix(_PREFIX).replace('_', ' ')} "
        for plain, spelt in _SPELT.items():
            text = text.replace(plain, spelt)
        return text.strip()


def all_behaviours() -> list[Behaviour]:
    """Every behaviour, by service and in the order of the tests."""
    modules = sorted(path.stem for path in _FOLDER.glob(f"{_PREFIX}*.py"))
    found = [one for module in modules for one in _of_module(module)]
    return sorted(found, key=lambda one: one.service)


def _of_module(name: str) -> Iterator[Behaviour]:
    module = importlib.import_module(f"{__package__}.{name}")
    service = (module.__doc__ or "").partition(":")[0]
    for test, function in vars(module).items():
        if test.startswith(_PREFIX):
            marks = _marks(function)
            known = marks.get("differs")
            why = known.args[0] if known else ""
            yield Behaviour(service, test, marks["behaviour"].args[0], why)


def _marks(function: Callable[..., Any]) -> dict[str, pytest.Mark]:
    marks: list[pytest.Mark] = getattr(function, "pytestmark", [])
    return {mark.name: mark for mark in marks}
