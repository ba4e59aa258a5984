"""A function's log reaches CloudWatch Logs in batches that it takes."""

from mailroom_localstack.executor.log_lines import LogEvent
from mailroom_localstack.services.lambda_.log_batches import batches
from mailroom_rules.limits import rules_of

MEGABYTE = 1 << 20


def refused(batch: list[LogEvent]) -> bool:
    """Whether CloudWatch Logs refuses a batch."""
    events = [{"timestamp": one.timestamp, "message": f"{one.message}\n"} for one in batch]
    rules = rules_of("logs", "PutLogEvents")
    return any(rule.refusal({"logEvents": events}) for rule in rules)


def test_a_batch_has_a_megabyte_at_most() -> None:
    events = [LogEvent(0, "x" * 300_000) for _ in range(10)]

    found = list(batches(events))

    assert [len(batch) for batch in found] == [3, 3, 3, 1]
    assert not any(map(refused, found))


def test_a_batch_has_ten_thousand_events_at_most() -> None:
    found = list(batches([LogEvent(0, "x")] * 10_001))

    assert [len(batch) for batch in found] == [10_000, 1]


def test_a_message_that_is_too_large_is_several_events_and_no_character_is_cut() -> None:
    message = "x" + "é" * MEGABYTE

    found = list(batches([LogEvent(7, message)]))

    events = [event for batch in found for event in batch]
    assert "".join(event.message for event in events) == message
    assert {event.timestamp for event in events} == {7}
    assert len(events) == 3
    assert not any(map(refused, found))


def test_nothing_is_no_batch() -> None:
    assert list(batches([])) == []
