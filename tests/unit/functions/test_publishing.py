"""Messages are packed and published; of a batch that fails in part only what failed goes again."""

import json
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any

import botocore.session
import pytest
from hypothesis import given
from hypothesis import strategies as st

from messages.problems import Problem
from messages.reading import Rejected
from messages.size import LARGEST_MESSAGE
from publish_messages.publisher import Outgoing, Publisher, pack
from publish_messages.request import ObjectSource, Request, Start
from publish_messages.service import Service, distinct
from publish_messages.settings import Settings
from publish_messages.source import read_inline
from shared import clients
from shared.context import Deadline
from shared.errors import AccessRefused, InvalidInput, InvalidMessages, PublishFailed
from tests.support.stubs import StrictStubber

Make = Callable[..., dict[str, Any]]
TOPIC = "arn:aws:sns:eu-central-1:123456789012:messages"
BATCH = [Outgoing("notification", f"body {number}") for number in range(3)]


class Topic:
    """SNS at botocore's edge: its answers, checked against its service model."""

    def __init__(self) -> None:
        self.client: Any = botocore.session.Session().create_client(
            "sns",
            region_name="eu-central-1",
            aws_access_key_id="test",
            aws_secret_access_key="test",
        )
        self.stubber = StrictStubber(self.client)
        self.pauses: list[float] = []

    def takes(self, sent: list[Outgoing], failed: dict[int, str] | None = None) -> None:
        """Expect these messages, and let some fail with a code."""
        failed = failed or {}
        answer = {
            "Successful": [
                {"Id": str(n), "MessageId": "m"} for n in range(len(sent)) if n not in failed
            ],
            "Failed": [
                {"Id": str(n), "Code": code, "SenderFault": code != "InternalError"}
                for n, code in failed.items()
            ],
        }
        self.stubber.add_response("publish_batch", answer, request(sent))

    def fails(self, sent: list[Outgoing], code: str) -> None:
        """Expect these messages, and let the whole call fail."""
        self.stubber.add_client_error("publish_batch", code, expected_params=request(sent))

    def publisher(self, seconds: float = 60) -> Publisher:
        """Return a publisher to this topic that doesn't really pause."""
        return Publisher(self.client, TOPIC, "batch-1", Deadline(seconds), self.pauses.append)


def request(sent: list[Outgoing]) -> dict[str, Any]:
    return {
        "TopicArn": TOPIC,
        "PublishBatchRequestEntries": [
            {
                "Id": str(number),
                "Message": message.body,
                "MessageAttributes": {
                    "type": {"DataType": "String", "StringValue": "notification"},
                    "batch_id": {"DataType": "String", "StringValue": "batch-1"},
                },
            }
            for number, message in enumerate(sent)
        ],
    }


@pytest.fixture
def topic() -> Iterator[Topic]:
    topic = Topic()
    with topic.stubber:
        yield topic
        topic.stubber.assert_no_pending_responses()


def test_a_batch_is_published_with_its_attributes(topic: Topic) -> None:
    topic.takes(BATCH)

    topic.publisher().publish(BATCH)

    assert topic.pauses == []


def test_only_failed_entries_are_published_again(topic: Topic) -> None:
    topic.takes(BATCH, failed={1: "InternalError", 2: "Throttled"})
    topic.takes(BATCH[1:], failed={1: "ThrottlingException"})
    topic.takes(BATCH[2:])

    topic.publisher().publish(BATCH)

    assert len(topic.pauses) == 2


def test_a_call_that_is_throttled_is_repeated_as_a_whole(topic: Topic) -> None:
    topic.fails(BATCH, "Throttling")
    topic.takes(BATCH)

    topic.publisher().publish(BATCH)


def test_pauses_grow(topic: Topic) -> None:
    for _ in range(6):
        topic.takes(BATCH, failed=dict.fromkeys(range(3), "InternalError"))

    with pytest.raises(PublishFailed, match=r"3 of 3 .*InternalError"):
        topic.publisher().publish(BATCH)

    assert len(topic.pauses) == 5
    assert topic.pauses == sorted(topic.pauses)


@pytest.mark.parametrize("code", ["AuthorizationError", "NotFound", "KMSAccessDenied"])
def test_a_call_that_is_refused_for_good_is_not_repeated(topic: Topic, code: str) -> None:
    topic.fails(BATCH, code)

    with pytest.raises(AccessRefused, match=code):
        topic.publisher().publish(BATCH)


def test_an_entry_that_is_refused_for_good_is_not_repeated(topic: Topic) -> None:
    topic.takes(BATCH, failed={0: "InvalidParameter"})

    with pytest.raises(AccessRefused, match="InvalidParameter"):
        topic.publisher().publish(BATCH)


def test_nothing_is_published_without_time_left(topic: Topic) -> None:
    with pytest.raises(PublishFailed, match="no time left"):
        topic.publisher(seconds=0).publish(BATCH)


SIZES = st.lists(st.integers(0, LARGEST_MESSAGE - 200) | st.integers(0, 50), max_size=60)


@given(SIZES)
def test_batches_hold_all_messages_in_order_within_both_limits(sizes: list[int]) -> None:
    outgoing = [Outgoing("alert", "x" * size) for size in sizes]

    batches = list(pack(outgoing))

    assert [message for batch in batches for message in batch] == outgoing
    assert all(1 <= len(batch) <= 10 for batch in batches)
    assert all(sum(m.size() for m in batch) <= LARGEST_MESSAGE for batch in batches)


@given(SIZES)
def test_no_batch_could_have_held_its_successor_s_first_message(sizes: list[int]) -> None:
    batches = list(pack(Outgoing("alert", "x" * size) for size in sizes))

    for batch, successor in pairwise(batches):
        size = sum(message.size() for message in [*batch, successor[0]])
        assert len(batch) == 10 or size > LARGEST_MESSAGE


def test_sizes_are_bytes_not_characters() -> None:
    assert Outgoing("alert", "😀").size() - Outgoing("alert", "").size() == 4


def test_identical_repeats_are_published_once_and_other_contents_both(notification: Make) -> None:
    event = notification()
    turned = dict(reversed(event.items()))
    other = notification(subject="other")

    outgoing, duplicates = distinct(read_inline([event, turned, other]))

    assert [json.loads(message.body) for message in outgoing] == [event, other]
    assert duplicates == 1


def test_inline_messages_keep_their_characters_but_those_sqs_refuses(notification: Make) -> None:
    event = notification(data={"recipient": "r", "title": "ü😀\ufffe\uffff"})

    outgoing, _ = distinct(read_inline([event]))

    assert "ü😀\\ufffe\\uffff" in outgoing[0].body
    assert json.loads(outgoing[0].body) == event


def test_one_invalid_message_refuses_all_with_index_field_and_reason(notification: Make) -> None:
    with pytest.raises(InvalidMessages) as caught:
        distinct(read_inline([notification(), notification(id=""), 7]))

    first, *rest = str(caught.value).split("\n")
    assert first == "2 of 3 messages are invalid (2 problems); nothing was published"
    assert [line.partition(": ")[0] for line in rest] == ["index 1", "index 2"]
    assert "id: " in rest[0]


def test_twenty_problems_are_shown_with_their_lines_and_the_others_counted() -> None:
    rejected = [Rejected(n, n + 1, [Problem("id", "wrong")]) for n in range(25)]

    with pytest.raises(InvalidMessages) as caught:
        distinct(iter(rejected))

    lines = str(caught.value).split("\n")
    assert lines[20] == "index 19, line 20: id: wrong"
    assert lines[21:] == ["… 5 more"]


@pytest.mark.parametrize("value", [float("inf"), float("nan"), "\ud800", {"\0": 1}])
def test_an_inline_value_that_is_no_storable_json_is_refused_by_name(
    notification: Make, value: object
) -> None:
    data = {"recipient": "r", "title": "t", "details": {"here": value}}

    with pytest.raises(InvalidMessages, match=r"data\.details\.here"):
        distinct(read_inline([notification(data=data)]))


def test_a_request_is_an_array_of_events_or_names_messages_or_an_object() -> None:
    source = {"bucket": "b", "key": "k"}

    assert Request.parse({"batchId": "1", "input": [{"id": "1"}]}) == Request("1", [{"id": "1"}])
    assert Request.parse({"batchId": "1", "input": {"messages": []}}) == Request("1", [])
    assert Request.parse({"batchId": "1", "input": {"source": source}}) == Request(
        "1", ObjectSource("b", "k")
    )


@pytest.mark.parametrize(
    ("event", "field"),
    [
        (None, "batchId"),
        ({"input": {"messages": []}}, "batchId"),
        ({"batchId": "a b", "input": {"messages": []}}, "batchId"),
        ({"batchId": "x" * 81, "input": {"messages": []}}, "batchId"),
        ({"batchId": "1"}, "input"),
        ({"batchId": "1", "input": "[]"}, "input"),
        ({"batchId": "1", "input": {}}, "input"),
        ({"batchId": "1", "input": {"messages": [], "source": {}}}, "input"),
        ({"batchId": "1", "input": {"messages": {}}}, "input.messages"),
        ({"batchId": "1", "input": {"source": {"bucket": "b"}}}, "input.source"),
        ({"batchId": "1", "input": {"source": {"bucket": "b", "key": ""}}}, "input.source.key"),
        ({"batchId": "1", "input": {"source": {"bucket": 1, "key": "k"}}}, "input.source.bucket"),
        ({"batchId": "1", "input": {"messages": []}, "from": 1}, "from"),
        ({"batchId": "1", "input": {"messages": []}, "from": {"place": 1}}, "from"),
        ({"batchId": "1", "input": {"messages": []}, "from": {"position": -1}}, "from.position"),
    ],
)
def test_a_request_of_another_shape_is_refused_by_name(event: object, field: str) -> None:
    with pytest.raises(InvalidInput, match=rf"^{field}: "):
        Request.parse(event)


class Clock(Deadline):
    """A deadline that passes after so many batches of ten."""

    def __init__(self, batches: int) -> None:
        self._left = batches

    def remaining(self) -> float:
        """One second for each look at the clock that is left."""
        self._left -= 1
        return max(0.0, self._left + 1)


def test_what_runs_out_of_time_goes_on_where_it_stopped(
    topic: Topic, notification: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clients, "sns", lambda connections: topic.client)
    monkeypatch.setattr("publish_messages.service._THREADS", 1)
    events = [notification(id=str(number)) for number in range(25)]
    outgoing, _ = distinct(read_inline(events))
    topic.takes(outgoing[:10])
    topic.takes(outgoing[10:20])
    topic.takes(outgoing[20:])
    settings = Settings(TOPIC)

    first = Service(settings, Clock(1)).publish(Request("batch-1", events))
    again = Request.parse(
        {"batchId": "batch-1", "input": {"messages": events}, "from": first["next"]}
    )
    last = Service(settings, Clock(9)).publish(again)

    assert first.keys() == {"next"}
    assert again.start.position == 10
    assert last["published"]["notification"] == 25
    assert "next" not in last


def test_no_time_for_a_first_batch_is_a_failure(
    topic: Topic, notification: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clients, "sns", lambda connections: topic.client)

    with pytest.raises(PublishFailed, match="no time left"):
        Service(Settings(TOPIC), Deadline(0)).publish(Request("batch-1", [notification()]))


def test_messages_that_changed_meanwhile_are_refused(notification: Make) -> None:
    request = Request("batch-1", [notification()], Start(1, "the digest of others"))

    with pytest.raises(InvalidInput, match="have changed"):
        Service(Settings(TOPIC), Deadline(60)).publish(request)
