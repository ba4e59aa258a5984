"""What LocalStack's events tell of a message."""

from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Any

from mailroom.errors import NoAnswer
from mailroom.observation.events import Event, all_events, read_events
from mailroom.tracing.event_steps import delivery_of, refusal_of, step_of
from mailroom.tracing.names import Names
from mailroom.tracing.steps import Message, Step

_STEPS = ("publish", "send", "receive", "delete", "dead", "redrive")


class Observed:
    """The events of an environment; none in AWS.

    Raises, on each call:
        NoAnswer: it has no events.
    """

    def __init__(self, endpoint: str, names: Names) -> None:
        self._endpoint = endpoint
        self._names = names
        self._known: dict[Message, list[Event]] = {}

    @cached_property
    def since(self) -> float | None:
        """When the oldest event that is still there happened; None if there is none."""
        events = read_events(self._endpoint).events
        return float(events[0]["at"]) if events else None

    @property
    def there(self) -> bool:
        """Whether there are events."""
        try:
            return self.since is not None
        except NoAnswer:
            return False

    def find(self, word: str) -> Iterator[Message]:
        """The messages that were published or sent with this word in their id, source or ids."""
        ids = set()
        for event in all_events(self._endpoint, [word]):
            if event["kind"] in ("publish", "send"):
                yield _message(event)
            elif event["kind"] == "delivery":
                ids.add(event["message_id"])
        if ids:
            for event in all_events(self._endpoint, ids):
                if event["kind"] == "publish":
                    yield _message(event)

    def steps(self, message: Message) -> Iterator[Step]:
        """The steps that events tell."""
        events = list(self._events(message))
        attributes: dict[str, dict[str, str]] = {
            event["message_id"]: event["attributes"]
            for event in events
            if event["kind"] == "publish"
        }
        for event in events:
            if event["kind"] == "delivery":
                known = attributes.get(event["message_id"])
                yield delivery_of(event, self._names, bare=known == {})
            elif event["kind"] == "call" and _refused(event):
                yield refusal_of(event, self._names)
            elif event["kind"] in _STEPS:
                yield step_of(event, self._names)
        invocations = {event.get("invocation") for event in events}
        invocations |= {event["request_id"] for event in events if event["kind"] == "invocation"}
        if message.batch:
            received = any(event["kind"] == "receive" for event in events)
            for event in all_events(self._endpoint, [message.batch]):
                if not str(event.get("trigger") or event.get("source")).endswith(message.batch):
                    continue
                if event["kind"] == "invocation" and not received:
                    invocations.add(event["request_id"])
                elif event["kind"] == "call" and _refused(event):
                    yield refusal_of(event, self._names)
        yield from self._failures(invocations - {None})

    def batches(self, message: Message) -> set[str]:
        """The batches in which a message was published or sent."""
        told = (event.get("attributes") or {} for event in self._events(message))
        return {attributes["batch_id"] for attributes in told if "batch_id" in attributes}

    def message(self, message: Message) -> Message:
        """The message with what its events know of it."""
        for event in self._events(message):
            if event["kind"] in ("publish", "send"):
                message = message.joined(_message(event))
        events = self._events(message)
        known = message.joined(Message(message_ids=frozenset(_ids(events))))
        # They were found by these ids already.
        self._known[known] = events
        return known

    def _events(self, message: Message) -> list[Event]:
        if message not in self._known:
            self._known[message] = list(self._read(message))
        return self._known[message]

    def _read(self, message: Message) -> Iterator[Event]:
        """The events of a message: found by its id, then by the ids that SNS and SQS gave it."""
        told: dict[int, Event] = {}
        ids = set(message.message_ids)
        if word := message.id or message.digest:
            for event in all_events(self._endpoint, [word]):
                if _is_of(event, message):
                    told[event["n"]] = event
            ids |= _ids(told.values())
        while ids:
            found = [
                event
                for event in all_events(self._endpoint, ids)
                if _ids([event]) & ids or ids & set(event.get("records") or ())
            ]
            fresh = _ids(event for event in found if event["n"] not in told) - ids
            told |= {event["n"]: event for event in found}
            if not fresh:
                break
            ids |= fresh
        yield from (told[n] for n in sorted(told))

    def _failures(self, ids: set[Any]) -> Iterator[Step]:
        """How invocations failed, and which of their calls were refused."""
        if not ids:
            return
        for event in all_events(self._endpoint, ids):
            if event["kind"] == "invocation-end" and event["request_id"] in ids and event["error"]:
                reason = ": ".join(filter(None, [event["error"], event["message"]]))
                function = self._names.of(event["function"])
                text = f"the invocation of {function} failed: {reason}"
                yield Step(
                    event["at"],
                    "failed",
                    text,
                    True,
                    event["function"],
                    "events",
                    event["request_id"],
                    event["function"],
                )
            elif event["kind"] == "call" and event["invocation"] in ids and _refused(event):
                yield refusal_of(event, self._names)


def _message(event: Event) -> Message:
    told, attributes = event["event"] or {}, event["attributes"]
    return Message(
        told.get("id"),
        told.get("source"),
        told.get("type") or attributes.get("type"),
        None,
        attributes.get("batch_id"),
        frozenset([event["message_id"]]),
        event["digest"],
    )


def _is_of(event: Event, message: Message) -> bool:
    if not message.id:
        return event.get("digest") == message.digest
    told = event.get("event") or {}
    return told.get("id") == message.id and message.source in (None, told.get("source"))


def _ids(events: Iterable[Event]) -> set[str]:
    """The ids in SNS and SQS that events name, of one message."""
    return {
        event[name]
        for event in events
        for name in ("message_id", "queue_message_id")
        if event.get(name)
    }


def _refused(event: Event) -> bool:
    return bool(event["refused"]) or event["status"] >= 400
