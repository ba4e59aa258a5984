"""EventBridge: values that it refuses."""

import json
from contextlib import ExitStack

import pytest

from tests.parity.endpoint import Endpoint, as_given, code_of
from tests.parity.made import new_name

API = "https://docs.aws.amazon.com/eventbridge/latest/APIReference"


@pytest.mark.behaviour(
    "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern.html"
)
@pytest.mark.parametrize("pattern", [{"source": "s"}, {"source": []}, {"a": [{"bogus": 1}]}])
def test_a_rule_whose_event_pattern_is_not_valid_is_refused(
    endpoint: Endpoint, pattern: dict[str, object]
) -> None:
    client = endpoint.client("events")

    refusal = code_of(lambda: client.put_rule(Name=new_name(), EventPattern=json.dumps(pattern)))

    assert refusal == "InvalidEventPatternException"


@pytest.mark.behaviour(f"{API}/API_PutEventsRequestEntry.html")
def test_an_event_in_the_name_of_aws_fails_alone(endpoint: Endpoint) -> None:
    event = {"DetailType": "parity", "Detail": "{}"}

    answer = endpoint.client("events").put_events(
        Entries=[{**event, "Source": "mailroom.parity"}, {**event, "Source": "aws.s3"}]
    )

    good, bad = answer["Entries"]
    assert good["EventId"]
    assert bad["ErrorCode"] == "NotAuthorizedForSourceException"
    assert answer["FailedEntryCount"] == 1


@pytest.mark.behaviour(f"{API}/API_PutEvents.html")
def test_more_than_ten_events_at_once_are_refused(endpoint: Endpoint) -> None:
    event = {"Source": "mailroom.parity", "DetailType": "parity", "Detail": "{}"}

    refusal = code_of(lambda: as_given(endpoint, "events").put_events(Entries=[event] * 11))

    assert refusal == "ValidationException"


@pytest.mark.behaviour(
    "https://docs.aws.amazon.com/eventbridge/latest/userguide"
    "/eb-event-patterns-content-based-filtering.html"
)
@pytest.mark.parametrize(
    ("expected", "value", "matches"),
    [(1, True, False), (0, False, False), (True, 1, False), (True, True, True), (1, 1.0, True)],
)
def test_a_number_is_no_boolean_in_an_event_pattern(
    endpoint: Endpoint, expected: object, value: object, matches: bool
) -> None:
    event = {
        "id": "1",
        "detail-type": "t",
        "source": "s",
        "account": "123456789012",
        "time": "2026-11-28T00:00:00Z",
        "region": "us-east-1",
        "resources": [],
        "detail": {"a": value},
    }

    answer = endpoint.client("events").test_event_pattern(
        EventPattern=json.dumps({"detail": {"a": [expected]}}), Event=json.dumps(event)
    )

    assert answer["Result"] is matches


@pytest.mark.behaviour(
    "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html"
)
@pytest.mark.parametrize(
    "schedule", ["rate(2 minute)", "cron(0 24 * * ? *)", "cron(61 10 * * ? *)", "cron(0 10 * * *)"]
)
def test_a_rule_whose_schedule_does_not_exist_is_refused(endpoint: Endpoint, schedule: str) -> None:
    events = endpoint.client("events")

    refusal = code_of(lambda: events.put_rule(Name=new_name(), ScheduleExpression=schedule))

    assert refusal == "ValidationException"


@pytest.mark.behaviour(f"{API}/API_Target.html")
@pytest.mark.parametrize(
    "change",
    [
        {"Arn": "queue"},
        {"Input": "{"},
        {"InputPath": "detail"},
        {"Input": "{}", "InputPath": "$.detail"},
    ],
    ids=str,
)
def test_a_target_without_an_arn_or_with_a_bad_input_is_refused(
    endpoint: Endpoint, cleanup: ExitStack, change: dict[str, str]
) -> None:
    events, rule = endpoint.client("events"), new_name()
    events.put_rule(Name=rule, EventPattern='{"source": ["mailroom.parity"]}')
    cleanup.callback(events.delete_rule, Name=rule)
    queue = f"arn:aws:sqs:{endpoint.region}:{endpoint.account}:{rule}"

    refusal = code_of(
        lambda: events.put_targets(Rule=rule, Targets=[{"Id": "1", "Arn": queue, **change}])
    )

    assert refusal == "ValidationException"


@pytest.mark.behaviour(f"{API}/API_CreateEventBus.html")
def test_a_bus_whose_name_has_a_slash_is_refused(endpoint: Endpoint) -> None:
    refusal = code_of(lambda: endpoint.client("events").create_event_bus(Name="a/b"))

    assert refusal == "ValidationException"
