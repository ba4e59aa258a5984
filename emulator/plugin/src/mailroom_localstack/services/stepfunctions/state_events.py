"""When states and executions begin, end, fail, and are tried again: as events and as metrics."""

from __future__ import annotations

from typing import Any

from mailroom_localstack.metric_records import record
from mailroom_localstack.observation.counters import COUNTERS
from mailroom_localstack.observation.ring import RING, Event
from mailroom_localstack.observation.text import machine_of
from mailroom_localstack.patches import patch
from mailroom_localstack.services.stepfunctions.state_calls import work_of

STEPS = "localstack.services.stepfunctions"
STATE = "mailroom_state"
LONGEST_CAUSE = 2_000
# AWS bills each step that is executed, and each retry: https://aws.amazon.com/step-functions/pricing/
TRANSITIONS = {"entered", "retried"}
ENDS = {"Succeeded": "exited", "Failed": "failed", "Aborted": "failed", "TimedOut": "failed"}

METRICS = {
    "RUNNING": "ExecutionsStarted",
    "SUCCEEDED": "ExecutionsSucceeded",
    "FAILED": "ExecutionsFailed",
    "ABORTED": "ExecutionsAborted",
    "TIMED_OUT": "ExecutionsTimedOut",
}


@patch(f"{STEPS}.asl.eval.event.event_manager:EventManager.add_event")
def record_states(original: Any, manager: Any, context: Any, event_type: Any, **more: Any) -> Any:
    """Record that a state was entered, left, failed or is tried again.

    LocalStack: keeps it in the execution's history.

    Why: `/_mailroom/events` shows executions while they run.

    Test: tests/integration/test_observation.py::test_states_are_told_as_they_change
    """
    execution = work_of(manager)["execution"]
    if execution:
        event = _event(context, str(event_type), more.get("event_details") or {})
        if event:
            RING.add(lambda: [{"kind": "state", "execution": execution, **event}])
            if event["event"] in TRANSITIONS and event["name"]:
                COUNTERS.add("transition", machine_of(execution), None)
    return original(manager, context=context, event_type=event_type, **more)


@patch(f"{STEPS}.backend.execution:Execution.publish_execution_status_change_event")
def record_executions(original: Any, execution: Any) -> None:
    """Record executions that start and end, and how long they took.

    LocalStack: records nothing.

    AWS: records ExecutionsStarted, ExecutionsFailed and so on, and ExecutionTime.
    https://docs.aws.amazon.com/step-functions/latest/dg/procedure-cw-metrics.html

    Test: tests/parity/test_metrics.py::test_a_state_machine_has_its_executions_as_metrics
    """
    original(execution)
    where = (execution.account_id, execution.region_name, "AWS/States")
    dimensions = {"StateMachineArn": execution.state_machine_arn}
    if name := METRICS.get(str(execution.exec_status)):
        record(*where, name, 1, dimensions)
    if execution.stop_date is not None:
        took = (execution.stop_date - execution.start_date).total_seconds() * 1000
        record(*where, "ExecutionTime", took, dimensions, unit="Milliseconds")


def _event(context: Any, event_type: str, details: dict[str, Any]) -> Event | None:
    told = next(iter(details.values()), None) or {}
    if event_type.endswith("StateEntered"):
        setattr(context, STATE, [told["name"], 0])
        kind = event_type.removesuffix("StateEntered")
        return {"name": told["name"], "type": kind, "event": "entered"}
    if event_type.endswith("StateExited"):
        kind = event_type.removesuffix("StateExited")
        return {"name": told["name"], "type": kind, "event": "exited"}
    if event_type.startswith("Execution"):
        ending = ENDS.get(event_type.removeprefix("Execution"), "entered")
        return {"name": None, "type": "Execution", "event": ending, **_reason(told)}
    state = getattr(context, STATE, None)
    if event_type == "TaskScheduled" and state:
        state[1] += 1
        if state[1] > 1:
            return {"name": state[0], "type": "Task", "event": "retried"}
    if event_type.endswith(("Failed", "TimedOut")) and not event_type.startswith("MapIteration"):
        name = state[0] if state else None
        return {"name": name, "type": event_type, "event": "failed", **_reason(told)}
    return None


def _reason(told: dict[str, Any]) -> Event:
    cause = told.get("cause")
    return {"error": told.get("error"), "cause": cause and str(cause)[:LONGEST_CAUSE]}
