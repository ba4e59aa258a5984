"""The number of events that the history of an execution may have."""

from collections.abc import Mapping
from typing import Any

from mailroom_rules.states import State, targets

from mailroom.checking.machines.machine import Machine
from mailroom.checking.template.stack import Stack

MOST_EVENTS = 25_000
LIMIT = "SETTLEMENT_LIMIT_SECONDS"
# Entered and exited; a Task is scheduled, started and has succeeded besides.
_EVENTS = {"Task": 5}


def history_events(machine: Machine, template: Mapping[str, Any], limit: float | None) -> int:
    """The most events that one execution writes, if it loops for as long as it may.

    A loop goes round once for each of its Wait states' seconds, and those that a Task takes at
    least in a round: `Mailroom: ExecutionHistory: TaskSeconds` of the template's Metadata. All
    branches loop at once.
    https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html

    Args:
        machine: The state machine.
        template: The template that defines it.
        limit: Seconds until something ends the loops; None if nothing does.
    """
    once = sum(_EVENTS.get(str(state.type), 2) for state in machine.definition.states)
    if limit is None:
        return once
    stated = (template.get("Metadata") or {}).get("Mailroom") or {}
    task = float((stated.get("ExecutionHistory") or {}).get("TaskSeconds", 0))
    rounds = [(events, int(limit / (wait + task))) for events, wait in loops(machine)]
    return once + sum(events * count for events, count in rounds)


def limit_in(machine: Machine, stack: Stack) -> float | None:
    """Seconds after which an execution ends: its machine's timeout, or the functions' limit."""
    limits = [
        function.number("Environment", "Variables", LIMIT, default=0)
        for function in stack.of_type("AWS::Lambda::Function")
    ]
    stated = machine.definition.body.get("TimeoutSeconds")
    settled = max(limits, default=0)
    return float(stated) if isinstance(stated, int) else settled or None


def loops(machine: Machine) -> list[tuple[int, float]]:
    """Each loop that waits: its events, and the seconds of one round."""
    found = []
    for scope in machine.definition.scopes:
        states = {state.name: state for state in scope.states}
        for wait in scope.states:
            seconds = wait.body.get("Seconds")
            loop = _loop(wait, states) if wait.type == "Wait" else []
            if loop and isinstance(seconds, int | float) and seconds > 0:
                events = sum(_EVENTS.get(str(state.type), 2) for state in loop)
                found.append((events, float(seconds)))
    return found


def _loop(start: State, states: dict[str, State]) -> list[State]:
    """The shortest path from a state back to itself."""
    ways = [[start]]
    seen = set()
    while ways:
        way = ways.pop(0)
        for _, name in targets(way[-1]):
            if name == start.name:
                return way
            if name in states and name not in seen:
                seen.add(name)
                ways.append([*way, states[name]])
    return []
