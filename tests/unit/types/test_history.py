"""An execution waits for any batch and any limit without filling its history."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from mailroom.checking.machines.history import MOST_EVENTS
from mailroom.project import Project
from mailroom.types.state_machine import generate_state_machine
from process_messages.settlement import Patience
from tests.unit.types.test_definitions import message_type

MACHINE = Project.find().template.with_name("asl.json").read_text()
# Of a state: entered and exited; a Task is scheduled, started and has succeeded besides.
EVENTS = {"Task": 5}
# A fifth is left for retries.
MOST = MOST_EVENTS * 4 // 5


def branches(types: int) -> list[dict[str, Any]]:
    machine = generate_state_machine(MACHINE, [message_type(f"type_{n}") for n in range(types)])
    found: list[dict[str, Any]] = json.loads(machine)["States"]["ProcessMessages"]["Branches"]
    return found


def loop(branch: dict[str, Any]) -> list[str]:
    """The kinds of the states from a branch's first back to it, by way of its Wait."""
    kinds, name = [], branch["StartAt"]
    while True:
        state = branch["States"][name]
        kinds.append(state["Type"])
        name = state.get("Default") or state["Next"]
        if name == branch["StartAt"]:
            return kinds


def waits(patience: Patience, settled: int, expected: int, task: float) -> Iterator[int]:
    elapsed = 0.0
    while elapsed <= patience.limit(expected):
        elapsed += task
        wait = patience.wait(settled, expected, elapsed)
        yield wait
        elapsed += wait


@pytest.mark.parametrize("types", [1, 2, 30, 66])
@pytest.mark.parametrize("limit", [1, 780, 604_800])
@pytest.mark.parametrize("expected", [1, 1_000, 10**6, 10**10])
@pytest.mark.parametrize(("consumes", "task"), [(False, 0), (True, 50)])
def test_the_history_is_below_25_000_events_for_any_batch_and_limit(
    types: int, limit: int, expected: int, consumes: bool, task: float
) -> None:
    """Also of a batch that stops settling: with its first message, or with its last."""
    patience = Patience(limit, types, consumes)

    for settled in (0, expected - 1):
        rounds = sum(1 for _ in waits(patience, settled, expected, task))
        events = [EVENTS.get(kind, 2) * rounds for one in branches(types) for kind in loop(one)]
        assert sum(events) <= MOST


def test_each_branch_waits_for_as_long_as_the_function_says() -> None:
    for branch in branches(2):
        assert loop(branch) == ["Task", "Choice", "Wait"]
        [wait] = [one for one in branch["States"].values() if one["Type"] == "Wait"]
        assert wait["SecondsPath"] == "$.process.result.waitSeconds"
