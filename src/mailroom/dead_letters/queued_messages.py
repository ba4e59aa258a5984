"""The messages that lie in a dead-letter queue or in the unrouted queue."""

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from mailroom.environments.environment import Environment
from mailroom.errors import Refused
from mailroom.workflow.queues import peek

# What is added when a message dies; it belongs to its death, not to the message.
OBITUARY = ("reason", "detail")
# SQS itself moves a message that was received too often, and gives no reason.
RECEIVED_TOO_OFTEN = "received_too_often"


@dataclass(frozen=True)
class Shelf:
    """Queues that hold what needs a person.

    Attributes:
        called: What lies there, in messages to the user.
        queues: Their logical names.
    """

    called: str
    queues: tuple[str, ...]

    def choose(self, queue: str | None) -> tuple[str, ...]:
        """One of its queues, or all of them.

        Raises:
            Refused: It has no such queue.
        """
        if queue and queue not in self.queues:
            raise Refused(f"{queue} holds no {self.called}", f"queues: {', '.join(self.queues)}")
        return (queue,) if queue else self.queues


DEAD_LETTERS = Shelf(
    "dead letters",
    ("NotificationDeadLetterQueue", "AlertDeadLetterQueue", "SubscriptionDeadLetterQueue"),
)
UNROUTED = Shelf("unrouted messages", ("UnroutedQueue",))


@dataclass(frozen=True)
class Letter:
    """One message.

    Attributes:
        queue: Logical name of the queue that it lies in.
        id: Its message id.
        sent: When it came there, in seconds since 1970.
        body: As it was received.
        attributes: Its message attributes, in the shape of SQS.
        receipt: What deletes it, once received.
    """

    queue: str
    id: str
    sent: float
    body: str
    attributes: dict[str, Any] = field(default_factory=dict)
    receipt: str = ""

    @property
    def reason(self) -> str | None:
        """Why it is here."""
        return self.text("reason") or (RECEIVED_TOO_OFTEN if self._died else None)

    @property
    def origin(self) -> str | None:
        """The event's source and id, if it is an event."""
        with suppress(ValueError, RecursionError, AttributeError):
            event = json.loads(self.body)
            known = [event[key] for key in ("source", "id") if isinstance(event.get(key), str)]
            return " ".join(known) or None
        return None

    @property
    def own_attributes(self) -> dict[str, Any]:
        """The attributes without those that it got when it died."""
        return {name: value for name, value in self.attributes.items() if name not in OBITUARY}

    def text(self, attribute: str) -> str | None:
        """A text attribute's value."""
        value: str | None = self.attributes.get(attribute, {}).get("StringValue")
        return value

    def document(self) -> dict[str, Any]:
        """All of it, for JSON."""
        return {
            "queue": self.queue,
            "id": self.id,
            "reason": self.reason,
            "detail": self.text("detail"),
            "origin": self.origin,
            "sent": self.sent,
            "attributes": {
                name: value.get("StringValue") for name, value in self.own_attributes.items()
            },
            "body": self.body,
        }

    @property
    def _died(self) -> bool:
        return self.queue in DEAD_LETTERS.queues


@dataclass(frozen=True)
class Wanted:
    """Which messages; all of them when nothing is said."""

    ids: frozenset[str] = frozenset()
    reason: str | None = None

    @property
    def everything(self) -> bool:
        """Whether nothing is left out."""
        return not self.ids and self.reason is None

    def __call__(self, letter: Letter) -> bool:
        return (not self.ids or letter.id in self.ids) and self.reason in (None, letter.reason)


def look(environment: Environment, queues: tuple[str, ...], wanted: Wanted) -> list[Letter]:
    """The messages of a local environment, oldest first, none of them received."""
    found = [
        Letter(queue, one["id"], one["sent"], one["body"], _texts(one["attributes"]))
        for queue in queues
        for one in peek(environment, queue)
    ]
    return sorted(filter(wanted, found), key=lambda letter: letter.sent)


def _texts(attributes: Mapping[str, str | None]) -> dict[str, Any]:
    return {
        name: {"DataType": "String", "StringValue": value} for name, value in attributes.items()
    }
