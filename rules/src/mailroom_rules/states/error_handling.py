"""Retry and Catch.

https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
"""

from collections.abc import Iterator
from typing import Any

from mailroom_rules.states.definition import Definition, Diagnostic

Fault = tuple[str, bool]
"""What is wrong, and whether a source is sure that AWS rejects it."""

_NAMES = {
    f"States.{name}"
    for name in (
        *("ALL", "BranchFailed", "DataLimitExceeded", "ExceedToleratedFailureThreshold"),
        *("HeartbeatTimeout", "Http.Socket", "IntrinsicFailure", "ItemReaderFailed"),
        *("NoChoiceMatched", "ParameterPathFailure", "Permissions", "QueryEvaluationError"),
        *("ResultPathMatchFailure", "ResultWriterFailed", "Runtime", "TaskFailed", "Timeout"),
    )
}


def error_handling(definition: Definition) -> Iterator[Diagnostic]:
    """Retriers and catchers that Step Functions rejects, or that never match."""
    for state in definition.states:
        for name in ("Retry", "Catch"):
            entries = state.body.get(name, [])
            if not isinstance(entries, list):
                yield Diagnostic((*state.path, name), f"{name} is not a list")
                continue
            for index, entry in enumerate(entries):
                for fault, certain in _faults(entry, name, last=index == len(entries) - 1):
                    explanation = f"{name} of {state.name}: {fault}"
                    path = (*state.path, name, index)
                    yield Diagnostic(path, explanation, certain=certain)


def _faults(entry: Any, name: str, *, last: bool) -> Iterator[Fault]:
    if isinstance(entry, dict):
        yield from _name_faults(entry.get("ErrorEquals"), last)
        if name == "Retry":
            yield from _number_faults(entry)


def _name_faults(names: Any, last: bool) -> Iterator[Fault]:
    if not isinstance(names, list) or not names:
        yield "ErrorEquals must be a list that is not empty", True
        return
    if "States.ALL" in names and (len(names) > 1 or not last):
        yield "States.ALL must stand alone and in the last entry", True
    for name in names:
        if not isinstance(name, str):
            yield f"{name!r} is not an error's name", True
        elif name.startswith("States.") and name not in _NAMES:
            yield f"there is no error {name}; names of your own can't begin with 'States.'", False


def _number_faults(retrier: dict[str, Any]) -> Iterator[Fault]:
    interval = retrier.get("IntervalSeconds", 1)
    limits = {"IntervalSeconds": 1, "MaxAttempts": 0, "BackoffRate": 1, "MaxDelaySeconds": 1}
    for name, least in limits.items():
        value = retrier.get(name, least)
        number = isinstance(value, int | float) and not isinstance(value, bool)
        whole = name == "BackoffRate" or isinstance(value, int)
        if not number or not whole or value < least:
            yield f"{name} must be a number of at least {least}", number and value < least
    delay = retrier.get("MaxDelaySeconds")
    if isinstance(delay, int) and isinstance(interval, int) and delay <= interval:
        yield "MaxDelaySeconds must be greater than IntervalSeconds", False
    if retrier.get("JitterStrategy", "NONE") not in ("FULL", "NONE"):
        yield "JitterStrategy is FULL or NONE", True
