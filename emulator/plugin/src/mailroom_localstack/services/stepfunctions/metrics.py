"""Metrics of state machines."""

from __future__ import annotations

from typing import Any

from mailroom_localstack.metric_records import record
from mailroom_localstack.patches import patch

NAMES = {
    "RUNNING": "ExecutionsStarted",
    "SUCCEEDED": "ExecutionsSucceeded",
    "FAILED": "ExecutionsFailed",
    "ABORTED": "ExecutionsAborted",
    "TIMED_OUT": "ExecutionsTimedOut",
}


@patch(
    "localstack.services.stepfunctions.backend.execution"
    ":Execution.publish_execution_status_change_event"
)
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
    if name := NAMES.get(str(execution.exec_status)):
        record(*where, name, 1, dimensions)
    if execution.stop_date is not None:
        took = (execution.stop_date - execution.start_date).total_seconds() * 1000
        record(*where, "ExecutionTime", took, dimensions, unit="Milliseconds")
