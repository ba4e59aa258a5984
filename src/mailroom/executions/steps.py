"""Parses the history of an execution into its steps.

https://docs.aws.amazon.com/step-functions/latest/apireference/API_HistoryEvent.html
"""

import json
import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from mailroom.executions.execution import Attempt, Step

Event = Mapping[str, Any]

_ENTERED = re.compile(r"^(\w+)StateEntered$")
_EXITED = re.compile(r"^\w+StateExited$")
_CONTAINER = re.compile(r"^(Parallel|Map)(State|Iteration|Run)(\w+)$")
_CALL = re.compile(r"^(Task|LambdaFunction|Activity)(\w+)$")
_REQUEST_ID = re.compile(r"\bRequestId: ([0-9a-f-]{36})\b")
_ENDED = ("Succeeded", "Failed", "TimedOut", "ScheduleFailed", "StartFailed", "SubmitFailed")


@dataclass
class _Draft:
    """A step that is being read."""

    id: int
    name: str
    type: str
    parent: "_Draft | None"
    iteration: int | None
    entered: datetime
    input: str | None
    exited: datetime | None = None
    output: str | None = None
    failed: bool = False
    error: str | None = None
    cause: str | None = None
    attempts: list[dict[str, Any]] = field(default_factory=list)

    def enclosing(self, type_: str) -> "_Draft | None":
        """The nearest step of a type that was not exited: itself, or one that it is in."""
        step: _Draft | None = self
        while step and (step.type != type_ or step.exited):
            step = step.parent
        return step


def parse_steps(events: Iterable[Event], status: str) -> tuple[Step, ...]:
    """The steps of an execution, in the order in which they were entered.

    Args:
        events: The events of `GetExecutionHistory`, the oldest first.
        status: The execution's status.
    """
    reader = _Reader()
    for event in events:
        reader.read(event)
    return tuple(_finished(draft, status) for draft in reader.drafts)


class _Reader:
    def __init__(self) -> None:
        self.drafts: list[_Draft] = []
        # The step that each event belongs to, and the events that begin a branch or an iteration.
        self._step_of: dict[int, _Draft] = {}
        self._opening: dict[int, int | None] = {}

    def read(self, event: Event) -> None:
        kind, before = event["type"], event.get("previousEventId", 0)
        step = self._step_of.get(before)
        if entered := _ENTERED.match(kind):
            step = self._enter(event, entered[1], step, before)
        elif step and (container := _CONTAINER.match(kind)):
            step = step.enclosing(container[1])
            if step:
                self._contain(event, container[3], step)
        elif step and _EXITED.match(kind):
            _exit(event, step)
        elif step and (call := _CALL.match(kind)):
            _call(event, call[2], step)
        elif step and kind in ("ExecutionFailed", "ExecutionTimedOut"):
            _fail(event, step)
        if step:
            self._step_of[event["id"]] = step

    def _enter(self, event: Event, type_: str, previous: _Draft | None, before: int) -> _Draft:
        inside = before in self._opening
        parent, iteration = None, None
        if inside:
            parent, iteration = previous, self._opening[before]
        elif previous:
            parent, iteration = previous.parent, previous.iteration
        entered = event["stateEnteredEventDetails"]
        draft = _Draft(
            event["id"],
            entered["name"],
            type_,
            parent,
            iteration,
            event["timestamp"],
            entered.get("input"),
        )
        self.drafts.append(draft)
        return draft

    def _contain(self, event: Event, what: str, step: _Draft) -> None:
        if what == "Started":
            started = event.get("mapIterationStartedEventDetails", {})
            self._opening[event["id"]] = started.get("index")
        elif what == "Exited":
            _exit(event, step)
        elif what in ("Failed", "TimedOut") and "Iteration" not in event["type"]:
            _fail(event, step)


def _exit(event: Event, step: _Draft) -> None:
    step.exited = event["timestamp"]
    step.output = event.get("stateExitedEventDetails", {}).get("output")


def _fail(event: Event, step: _Draft) -> None:
    details = _details(event)
    step.failed = True
    step.error = details.get("error") or step.error
    step.cause = details.get("cause") or step.cause


def _call(event: Event, what: str, step: _Draft) -> None:
    details = _details(event)
    if what == "Scheduled":
        step.attempts.append(_scheduled(event, details))
    if what in _ENDED and step.attempts:
        last = step.attempts[-1]
        last |= {key: details.get(key) for key in ("output", "error", "cause")}
        last["ended"] = event["timestamp"]
        last["request_id"] = _request_id(details) if last["function"] else None
        if what == "Succeeded":
            step.failed, step.error, step.cause = False, None, None
        else:
            last["error"] = last["error"] or "States.Timeout"
            _fail(event, step)
            step.error = last["error"]


def _scheduled(event: Event, details: Event) -> dict[str, Any]:
    given = details.get("parameters") or details.get("input")
    resource = details.get("resource") or ""
    function = resource if ":function:" in resource else None
    if details.get("resourceType"):
        resource = f"{details['resourceType']}:{resource}"
        with suppress(ValueError, AttributeError):
            function = json.loads(given or "{}").get("FunctionName")
    return {
        "resource": resource,
        "function": function,
        "input": given,
        "scheduled": event["timestamp"],
    }


def _request_id(details: Event) -> str | None:
    """The invocation's request id, which the SDK's metadata or the function's error has."""
    with suppress(ValueError, KeyError, TypeError):
        known = json.loads(details["output"])["SdkResponseMetadata"]["RequestId"]
        return str(known)
    cause = details.get("cause") or ""
    with suppress(ValueError, KeyError, TypeError):
        return str(json.loads(cause)["requestId"])
    found = _REQUEST_ID.search(cause)
    return found[1] if found else None


def _details(event: Event) -> Event:
    kind = event["type"]
    details: Event = event.get(f"{kind[0].lower()}{kind[1:]}EventDetails", {})
    return details


def _finished(draft: _Draft, execution: str) -> Step:
    depth, parent = 0, draft.parent
    ended = execution != "RUNNING"
    while parent:
        depth, ended, parent = depth + 1, ended or parent.exited is not None, parent.parent
    if draft.exited:
        status = "caught" if draft.failed else "succeeded"
    elif draft.failed or draft.type == "Fail":
        status = "failed"
    elif draft.type == "Succeed" and ended:
        status = "succeeded"
    else:
        status = "aborted" if ended else "running"
    return Step(
        draft.id,
        draft.name,
        draft.type,
        draft.parent.id if draft.parent else None,
        draft.iteration,
        status,
        draft.entered,
        draft.exited,
        draft.input,
        draft.output,
        tuple(Attempt(**attempt) for attempt in draft.attempts),
        draft.error,
        draft.cause,
        depth,
    )
