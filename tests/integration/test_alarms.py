"""The template's alarms fire and recover."""

import json
import uuid
from collections.abc import Callable

import pytest

from mailroom.testing.purging import purge
from tests.support.flow import Flow, until

SECONDS = 60
# The template's alarms look at a minute, or at five.
PERIOD = 10
COPIED = {
    *("ComparisonOperator", "Dimensions", "EvaluationPeriods", "MetricName", "Namespace"),
    *("Statistic", "Threshold", "TreatMissingData"),
}


class Alarm:
    """A copy of an alarm of the stack that differs from it in its period alone."""

    def __init__(self, flow: Flow, logical_id: str) -> None:
        session, stack = flow.environment.session, flow.environment.stack
        self._client = session.client("cloudwatch")
        resource = session.client("cloudformation").describe_stack_resource(
            StackName=stack, LogicalResourceId=logical_id
        )["StackResourceDetail"]
        [described] = self._client.describe_alarms(AlarmNames=[resource["PhysicalResourceId"]])[
            "MetricAlarms"
        ]
        self.name = f"test-{uuid.uuid4().hex[:8]}"
        self._client.put_metric_alarm(
            AlarmName=self.name,
            Period=PERIOD,
            **{name: described[name] for name in COPIED},
        )

    def becomes(self, state: str) -> None:
        """Wait for a state."""
        until(lambda: self._state() == state, f"the alarm to be {state}", SECONDS)

    def delete(self) -> None:
        self._client.delete_alarms(AlarmNames=[self.name])

    def _state(self) -> str:
        [alarm] = self._client.describe_alarms(AlarmNames=[self.name])["MetricAlarms"]
        return str(alarm["StateValue"])


@pytest.fixture
def alarm_of(flow: Flow, request: pytest.FixtureRequest) -> Callable[[str], Alarm]:
    """Makes copies of alarms, which are gone at the end."""

    def make(logical_id: str) -> Alarm:
        alarm = Alarm(flow, logical_id)
        request.addfinalizer(alarm.delete)
        return alarm

    return make


def test_the_alarm_on_dead_letters_fires_and_recovers(
    flow: Flow, alarm_of: Callable[[str], Alarm]
) -> None:
    alarm = alarm_of("UnroutedAlarm")
    flow.put("UnroutedQueue", "no event")
    alarm.becomes("ALARM")

    purge(flow.environment.session.client("sqs"), flow.environment.outputs["UnroutedQueueUrl"])

    alarm.becomes("OK")


def test_the_alarm_on_errors_of_a_function_fires_and_recovers(
    flow: Flow, alarm_of: Callable[[str], Alarm]
) -> None:
    alarm = alarm_of("PublishMessagesErrorsAlarm")

    failed = flow.environment.session.client("lambda").invoke(
        FunctionName=flow.environment.outputs["PublishMessagesFunctionName"],
        Payload=json.dumps({"messages": "none"}),
    )

    assert failed["FunctionError"] == "Unhandled"
    alarm.becomes("ALARM")
    alarm.becomes("OK")
