"""What the fields of a state hold."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from mailroom_rules.states.definition import Definition, Diagnostic, Path

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


def values(definition: Definition) -> Iterator[Diagnostic]:
    """Numbers, booleans and timestamps out of their bounds, of the machine and of its states."""
    bodies: list[tuple[Path, dict[str, Any]]] = [((), definition.body)]
    bodies += [(state.path, state.body) for state in definition.states]
    for path, body in bodies:
        for name, fault in _faults(body):
            yield Diagnostic((*path, name), f"{name}: {fault}")
    for state in definition.states:
        config = (state.body.get("ItemProcessor") or {}).get("ProcessorConfig") or {}
        if definition.express and config.get("Mode") == "DISTRIBUTED":
            explanation = f"Map {state.name}: an Express workflow can't distribute its items"
            yield Diagnostic((*state.path, "ItemProcessor"), explanation)


def _faults(body: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for name, (least, most) in _NUMBERS.items():
        value = body.get(name, least)
        if _is_later(value):
            continue
        whole = (int, float) if name == "ToleratedFailurePercentage" else int
        if isinstance(value, bool) or not isinstance(value, whole):
            yield name, f"{value!r} is not an integer"
        elif value < least or (most is not None and value > most):
            bounds = f"at least {least}" if most is None else f"from {least} to {most}"
            yield name, f"{value} is not {bounds}"
    if "End" in body and body["End"] is not True:
        yield "End", f"{body['End']!r} is not true"
    beat, limit = body.get("HeartbeatSeconds"), body.get("TimeoutSeconds")
    if isinstance(beat, int) and isinstance(limit, int) and beat >= limit:
        yield "HeartbeatSeconds", f"{beat} is not below TimeoutSeconds, {limit}"
    timestamp = body.get("Timestamp")
    if timestamp is not None and not _is_later(timestamp) and not _is_timestamp(timestamp):
        yield "Timestamp", f"{timestamp!r} is not a timestamp such as 2026-11-25T09:00:00Z"


def _is_later(value: Any) -> bool:
    """Whether it is known only when it is deployed or run."""
    return isinstance(value, dict) or (isinstance(value, str) and ("${" in value or "{%" in value))


def _is_timestamp(value: Any) -> bool:
    try:
        return isinstance(value, str) and datetime.fromisoformat(value).tzinfo is not None
    except ValueError:
        return False
