"""What the fields of a state hold."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from mailroom.checking.finding import Problem, Severity
from mailroom.checking.machines.machine import Machine
from mailroom.checking.rule import machines, rule

_LONGEST = 99_999_999
# Field → least and most; each takes a whole number.
_NUMBERS = {
    "Seconds": (0, _LONGEST),
    "TimeoutSeconds": (1, _LONGEST),
    "HeartbeatSeconds": (1, _LONGEST),
    "MaxConcurrency": (0, None),
    "ToleratedFailureCount": (0, None),
    "ToleratedFailurePercentage": (0, 100),
}


@rule(
    machines,
    id="state-value",
    severity=Severity.error,
    title="a field of a state with a value that it does not take",
    why="CreateStateMachine fails with InvalidDefinition (SCHEMA_VALIDATION_FAILED)",
    page="step-functions/latest/dg/statemachine-structure.html",
    mend='write numbers without quotes and within their bounds, "End": true as a boolean, and a '
    "heartbeat shorter than the time-out",
)
def values(machine: Machine) -> Iterator[Problem]:
    for place, body in [
        ((), machine.definition),
        *((state.place, state.body) for state in machine.states),
    ]:
        for name, fault in _faults(body):
            yield Problem(machine.at((*place, name)), f"{name}: {fault}")
    for state in machine.states:
        config = (state.body.get("ItemProcessor") or {}).get("ProcessorConfig") or {}
        if machine.is_express and config.get("Mode") == "DISTRIBUTED":
            at = machine.at((*state.place, "ItemProcessor"))
            yield Problem(at, f"Map {state.name}: an Express workflow can't distribute its items")


def _faults(body: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for name, (least, most) in _NUMBERS.items():
        value = body.get(name, least)
        if _is_later(value):
            continue
        if isinstance(value, bool) or not isinstance(value, int):
            yield name, f"{value!r} is no whole number"
        elif value < least or (most is not None and value > most):
            bounds = f"at least {least}" if most is None else f"from {least} to {most}"
            yield name, f"{value} is not {bounds}"
    if "End" in body and body["End"] is not True:
        yield "End", f"{body['End']!r} is not true"
    beat, limit = body.get("HeartbeatSeconds"), body.get("TimeoutSeconds")
    if isinstance(beat, int) and isinstance(limit, int) and beat >= limit:
        yield "HeartbeatSeconds", f"{beat} is not below TimeoutSeconds, {limit}"
    moment = body.get("Timestamp")
    if moment is not None and not _is_later(moment) and not _is_moment(moment):
        yield "Timestamp", f"{moment!r} is no moment such as 2026-11-25T09:00:00Z"


def _is_later(value: Any) -> bool:
    """Whether it is known only when it is deployed or run."""
    return isinstance(value, dict) or (isinstance(value, str) and ("${" in value or "{%" in value))


def _is_moment(value: Any) -> bool:
    try:
        return isinstance(value, str) and datetime.fromisoformat(value).tzinfo is not None
    except ValueError:
        return False
