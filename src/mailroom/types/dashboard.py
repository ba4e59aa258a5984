"""Generates the dashboard's body: a row for each message type, and one for the whole.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
"""

import json
from collections.abc import Sequence
from typing import Any

from mailroom.types.described import MessageType

_Metrics = list[list[Any]]

_WIDTH = 6  # of 24 columns


def dashboard(types: Sequence[MessageType], alarms: Sequence[str]) -> str:
    """The property `DashboardBody`, a widget a line.

    Args:
        types: The types.
        alarms: Logical ids of the alarms that are of no type.
    """
    machine = ["StateMachineArn", "${MessageWorkflow}"]
    executions: _Metrics = [
        ["AWS/States", name, *machine]
        for name in ("ExecutionsStarted", "ExecutionsSucceeded", "ExecutionsFailed")
    ]
    widgets = [_alarms("Mailroom", alarms), _graph("Executions", executions, "Sum")]
    for one in types:
        widgets += _row(one)
    text = ",\n".join(f"  {json.dumps(widget)}" for widget in widgets)
    return f'DashboardBody: !Sub >-\n  {{"widgets": [\n{text}\n  ]}}\n'


def _row(one: MessageType) -> list[dict[str, Any]]:
    queue, dead = (
        ["QueueName", f"${{{one.resource}{kind}.QueueName}}"]
        for kind in ("Queue", "DeadLetterQueue")
    )
    visible = "ApproximateNumberOfMessagesVisible"
    waiting: _Metrics = [
        ["AWS/SQS", visible, *queue],
        ["AWS/SQS", "ApproximateAgeOfOldestMessage", *queue, {"yAxis": "right"}],
        ["AWS/SQS", visible, *dead],
    ]
    dimensions = ["service", "process-messages", "queue", queue[1]]
    settled: _Metrics = [
        ["Mailroom", "Ingested", *dimensions, {"stat": "Sum"}],
        ["Mailroom", "TimeToRow", *dimensions, {"yAxis": "right"}],
    ]
    alarms = [one.resource + kind for kind in ("DeadLetterAlarm", "AgeAlarm", "ExpiryAlarm")]
    return [
        _alarms(one.name, alarms),
        _graph(f"{one.name}: waiting, age, dead", waiting, "Maximum"),
        _graph(f"{one.name}: ingested, time to row", settled, "p95"),
    ]


def _alarms(title: str, alarms: Sequence[str]) -> dict[str, Any]:
    arns = [f"${{{one}.Arn}}" for one in alarms]
    return {"type": "alarm", "width": _WIDTH, "properties": {"title": title, "alarms": arns}}


def _graph(title: str, metrics: _Metrics, stat: str) -> dict[str, Any]:
    shown = {"title": title, "metrics": metrics, "stat": stat, "period": 60}
    return {
        "type": "metric",
        "width": (24 - _WIDTH) // 2,
        "properties": {**shown, "region": "${AWS::Region}", "view": "timeSeries"},
    }
