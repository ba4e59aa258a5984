"""How many cold starts run at once."""

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from mailroom_localstack.executor import turns

from .conftest import MakeFunction

RECORDS = """
    import os, pathlib, time

    record = pathlib.Path(__file__).with_name("record")

    def note(what):
        with record.open("a") as file:
            file.write(what)

    note("<")
    time.sleep(0.1)
    note(">")

    def handler(event, context):
        return os.getpid()
"""


def test_an_environment_begins_its_init_when_another_has_ended_its_own(
    make_function: MakeFunction, task_root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turns, "_slots", threading.BoundedSemaphore(1))
    functions = [make_function(RECORDS) for _ in range(4)]

    def run(place: int) -> object:
        functions[place].environment.start()
        return functions[place].invoke().value

    with ThreadPoolExecutor(4) as threads:
        values = set(threads.map(run, range(4)))

    assert len(values) == 4
    assert (task_root / "record").read_text() == "<><><><>"


def test_an_environment_that_is_stopped_leaves_its_turn_to_another(
    make_function: MakeFunction, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turns, "_slots", threading.BoundedSemaphore(1))
    first, second = (make_function(RECORDS) for _ in range(2))
    first.environment.start()

    first.environment.stop()
    second.environment.start()

    assert second.invoke().value
