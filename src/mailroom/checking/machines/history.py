"""The number of events that the history of an execution may have."""

from mailroom_rules.states import State, targets

from mailroom.checking.machines.machine import Machine
from mailroom.checking.template.stack import Stack

# Entered and exited; a Task is scheduled, started and has succeeded besides.
_EVENTS = {"Task": 5}
_LIMIT = "SETTLEMENT_LIMIT_SECONDS"


def history_events(machine: Machine, stack: Stack) -> int:
    """The most events that one execution writes, if it loops for as long as it may.

    A loop goes round once for each of its Wait states' seconds, until the machine's
    TimeoutSeconds or the functions' settlement limit ends it. All branches loop at once.
    https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
    """
    once = sum(_EVENTS.get(str(state.type), 2) for state in machine.definition.states)
    limit = _limit(machine, stack)
    if limit is None:
        return once
    return once + sum(int(limit / seconds) * events for events, seconds in _loops(machine))


def _limit(machine: Machine, stack: Stack) -> float | None:
    limits = [
        function.number("Environment", "Variables", _LIMIT, default=0)
        for function in stack.of_type("AWS::Lambda::Function")
    ]
    stated = machine.definition.body.get("TimeoutSeconds")
    settled = max(limits, default=0)
    return float(stated) if isinstance(stated, int) else settled or None


def _loops(machine: Machine) -> list[tuple[int, float]]:
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
