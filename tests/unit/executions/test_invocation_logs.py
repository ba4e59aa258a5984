"""The events of one invocation are told from those of others."""

from mailroom.logs.events import LogEvent, of_invocation


def stream(name: str, *messages: str) -> list[LogEvent]:
    return [LogEvent(number, message, name) for number, message in enumerate(messages)]


FIRST = stream(
    "one",
    "INIT",
    "START RequestId: a Version: 1",
    "printed",
    "REPORT RequestId: a\t",
    "START RequestId: b Version: 1",
    "of b",
    "REPORT RequestId: b\t",
)
SECOND = stream("two", "START RequestId: c Version: 1", "of c", "REPORT RequestId: c\t")


def messages(request: str) -> list[str]:
    mixed = sorted([*FIRST, *SECOND], key=lambda event: event.time)
    return [event.message for event in of_invocation(mixed, request)]


def test_lines_without_a_request_id_belong_to_the_invocation_around_them() -> None:
    assert messages("b") == ["START RequestId: b Version: 1", "of b", "REPORT RequestId: b\t"]
    assert messages("c") == ["START RequestId: c Version: 1", "of c", "REPORT RequestId: c\t"]


def test_what_the_init_logged_belongs_to_the_first_invocation() -> None:
    assert messages("a")[:2] == ["INIT", "START RequestId: a Version: 1"]


def test_an_invocation_that_logged_nothing_has_no_events() -> None:
    assert messages("d") == []
