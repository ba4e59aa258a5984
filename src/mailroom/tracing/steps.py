"""The steps of a message's way."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

# Steps of the same moment are told in this order.
ORDER = (
    *("accepted", "published", "not-delivered", "delivered", "received", "log", "failed"),
    *("refused", "ingested", "settled", "dead", "deleted", "resolved", "redriven", "waiting"),
)


@dataclass(frozen=True)
class Message:
    """A message that was found.

    Attributes:
        id: The event's id; None if its body is no event.
        source: The event's source.
        type: Its type.
        subject: Its subject.
        batch: Id of its batch, and name of the batch's execution.
        message_ids: Its ids in SNS and SQS, as far as they are known.
        digest: SHA-256 of its body, if that is known.
    """

    id: str | None = None
    source: str | None = None
    type: str | None = None
    subject: str | None = None
    batch: str | None = None
    message_ids: frozenset[str] = frozenset()
    digest: str | None = None

    @classmethod
    def of_event(
        cls,
        event: Any,
        batch: str | None = None,
        message_ids: frozenset[str] = frozenset(),
        message_type: str | None = None,
    ) -> "Message":
        """A message whose body is an event, or text that may be one.

        Args:
            event: The event, or its text.
            batch: Id of its batch.
            message_ids: Its ids in SNS and SQS.
            message_type: Its type, if the event has none.
        """
        text = event if isinstance(event, str) else None
        digest = text and hashlib.sha256(text.encode()).hexdigest()
        with suppress(ValueError, RecursionError):
            event = json.loads(text) if text else event
        known: dict[str, Any] = event if isinstance(event, dict) else {}
        id_, source, type_, subject = (
            value if isinstance(value := known.get(name), str) else None
            for name in ("id", "source", "type", "subject")
        )
        return cls(id_, source, type_ or message_type, subject, batch, message_ids, digest)

    @property
    def key(self) -> tuple[str | None, ...]:
        """What two findings of the same message have in common."""
        if self.id:
            return (self.source, self.id)
        return (self.digest,) if self.digest else tuple(sorted(self.message_ids))

    def joined(self, other: "Message") -> "Message":
        """What both know of the same message."""
        return Message(
            self.id or other.id,
            self.source or other.source,
            self.type or other.type,
            self.subject or other.subject,
            self.batch or other.batch,
            self.message_ids | other.message_ids,
            self.digest or other.digest,
        )


@dataclass(frozen=True)
class Step:
    """One step.

    Attributes:
        at: When, in seconds since 1970; None if that is not known.
        kind: One of `ORDER`.
        text: What happened, and why, in a sentence.
        failed: Whether it kept the message from its row.
        where: ARN or name of the queue, topic or function.
        of: `events` if LocalStack's events tell it, else `stored`.
        invocation: Request id of the invocation in which it happened.
        function: Name of the function that was invoked.
        details: What else is known: message ids, the filter, the statement that would allow a
            call, the log of the invocation.
    """

    at: float | None
    kind: str
    text: str
    failed: bool = False
    where: str | None = None
    of: str = "stored"
    invocation: str | None = None
    function: str | None = None
    details: dict[str, Any] = field(default_factory=dict)

    def document(self) -> dict[str, Any]:
        """The step as JSON."""
        time = None if self.at is None else datetime.fromtimestamp(self.at, UTC).isoformat()
        return {"time": time, **self.__dict__}


@dataclass(frozen=True)
class Way:
    """A message's way.

    Attributes:
        message: What is known of the message.
        steps: The steps, the first one first.
        missing: Which steps are not known, and why; a sentence each.
    """

    message: Message
    steps: tuple[Step, ...]
    missing: tuple[str, ...]

    @property
    def outcome(self) -> str:
        """What became of it, in a word or two: `ingested`, `dead`, `not published` and so on."""
        kinds = [step.kind for step in self.steps]
        for kind, outcome in (
            ("ingested", "ingested"),
            ("dead", "dead"),
            ("waiting", "waiting in a queue"),
            ("not-delivered", "delivered to no queue"),
            ("failed", "not published"),
        ):
            if kind == "not-delivered" and "delivered" in kinds:
                continue
            if kind == "failed" and "published" in kinds:
                continue
            if kind in kinds:
                again = kind == "ingested" and "dead" in kinds and "resolved" not in kinds
                return f"{outcome}; a copy is dead" if again else outcome
        return "on its way" if kinds else "unknown"

    def document(self) -> dict[str, Any]:
        """The way as JSON."""
        message = {**self.message.__dict__, "message_ids": sorted(self.message.message_ids)}
        return {
            "message": message,
            "outcome": self.outcome,
            "steps": [step.document() for step in self.steps],
            "missing": list(self.missing),
        }


def in_order(steps: Iterable[Step]) -> tuple[Step, ...]:
    """Steps by time; those without time come last. What fails again and again is one step."""
    last: dict[tuple[str, str], Step] = {}
    times: Counter[tuple[str, str]] = Counter()
    kept: list[Step] = []
    for step in steps:
        if step.kind not in ("failed", "refused"):
            kept.append(step)
            continue
        same = (step.kind, _general(step))
        last[same] = step
        times[same] += 1
    for same, step in last.items():
        count = f" ({times[same]} times)" if times[same] > 1 else ""
        kept.append(replace(step, text=f"{step.text}{count}"))
    return tuple(
        sorted(
            kept,
            key=lambda step: (
                step.at is None,
                round(step.at or 0, 2),
                ORDER.index(step.kind),
                step.at or 0,
            ),
        )
    )


def _general(step: Step) -> str:
    """The text of a failure without the invocation's id, by which repetitions differ."""
    return step.text.replace(step.invocation or "\0", "")
