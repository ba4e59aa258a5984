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

    A loop goes round once in its Wait state's seconds. How long a Wait by SecondsPath takes,
    `Mailroom: ExecutionHistory` of the template's Metadata says: at least a second, and for each
    such loop the time since the start divided by `Growth`; the loop ends after `Seconds`. All
    branches loop at once.
    https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html

    Args:
        machine: The state machine.
        template: The template that defines it.
        limit: Seconds until something ends the loops; None if nothing does.
    """
    once = sum(_EVENTS.get(str(state.type), 2) for state in machine.definition.states)
    found = loops(machine)
    fixed = sum(events * int(limit / wait) for events, wait in found if wait and limit)
    growing = [events for events, wait in found if wait is None]
    stated = stated_history(template)
    if not growing or "Growth" not in stated or "Seconds" not in stated:
        return once + fixed
    share = len(growing) / stated["Growth"]
    return once + fixed + sum(growing) * _growing_rounds(stated["Seconds"], share)


def stated_history(template: Mapping[str, Any]) -> dict[str, float]:
    """What `Mailroom: ExecutionHistory` says of `Growth` and `Seconds`, where it is above 0."""
    stated = ((template.get("Metadata") or {}).get("Mailroom") or {}).get("ExecutionHistory")
    numbers = stated.items() if isinstance(stated, Mapping) else ()
    return {
        str(name): float(value)
        for name, value in numbers
        if isinstance(value, int | float) and value > 0
    }


def _growing_rounds(seconds: float, share: float) -> int:
    """How often a loop goes round that waits for a share of the time so far, or for a second."""
    rounds, elapsed = 0, 0.0
    while elapsed < seconds:
        elapsed += max(1.0, elapsed * share)
        rounds += 1
    return rounds


def limit_in(machine: Machine, stack: Stack) -> float | None:
    """Seconds after which an execution ends: its machine's timeout, or the functions' limit."""
    limits = [
        function.number("Environment", "Variables", LIMIT, default=0)
        for function in stack.of_type("AWS::Lambda::Function")
    ]
    stated = machine.definition.body.get("TimeoutSeconds")
    settled = max(limits, default=0)
    return float(stated) if isinstance(stated, int) else settled or None


def loops(machine: Machine) -> list[tuple[int, float | None]]:
    """Each loop that waits: its events, and the seconds of one round; None by SecondsPath."""
    found: list[tuple[int, float | None]] = []
    for scope in machine.definition.scopes:
        states = {state.name: state for state in scope.states}
        for wait in scope.states:
            seconds = wait.body.get("Seconds")
            loop = _loop(wait, states) if wait.type == "Wait" else []
            events = sum(_EVENTS.get(str(state.type), 2) for state in loop)
            if loop and "SecondsPath" in wait.body:
                found.append((events, None))
            elif loop and isinstance(seconds, int | float) and seconds > 0:
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
