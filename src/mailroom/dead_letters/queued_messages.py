"""The messages in dead-letter queues and in the unrouted queue."""

import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from mailroom.environments.environment import Environment
from mailroom.errors import Refused
from mailroom.wording import known_names

if TYPE_CHECKING:
    from mailroom.aws.topology import Topology

# ProcessMessagesFunction adds these to a message that becomes a dead letter.
DEAD_LETTER_ATTRIBUTES = ("reason", "detail")
# SQS moves a message after its last receive, and adds no reason.
RECEIVED_TOO_OFTEN = "received_too_often"


@dataclass(frozen=True)
class QueueGroup:
    """Queues that the same commands work on.

    Attributes:
        called: What their messages are called in texts for the user.
        find: Returns their logical names in a stack.
        filled_by: Which messages come there, for a list that is empty.
    """

    called: str
    find: "Callable[[Topology], tuple[str, ...]]"
    filled_by: str

    def choose(self, environment: Environment, queue: str | None = None) -> tuple[str, ...]:
        """One of the queues of an environment, or all of them.

        Args:
            environment: The environment.
            queue: Logical or physical name, ARN or URL of one; None for all.

        Raises:
            Refused: The group has no such queue.
        """
        queues = self.find(environment.topology)
        if not queue:
            return queues
        name = environment.topology.queue(queue).name
        if name not in queues:
            raise Refused(f"{name} has no {self.called}", known_names(name, "queues", queues))
        return (name,)


DEAD_LETTERS = QueueGroup(
    "dead letters",
    lambda topology: topology.dead_letter_queues,
    "a message becomes one when it can never be ingested",
)
UNROUTED = QueueGroup(
    "unrouted messages",
    lambda topology: topology.unrouted_queues,
    "a message becomes one when its type is none of `mailroom types`",
)


@dataclass(frozen=True)
class QueuedMessage:
    """One message in a queue.

    Attributes:
        queue: Logical name of the queue.
        id: Its message id.
        sent: When it was sent to the queue, in seconds since 1970.
        body: Its body.
        attributes: Its message attributes, in the shape of SQS.
        receipt: Its receipt handle, once received.
        dead: Whether the queue is a dead-letter queue.
    """

    queue: str
    id: str
    sent: float
    body: str
    attributes: dict[str, Any] = field(default_factory=dict)
    receipt: str = ""
    dead: bool = False

    @property
    def reason(self) -> str | None:
        """Why it is a dead letter; None for an unrouted message."""
        return self.text("reason") or (RECEIVED_TOO_OFTEN if self.dead else None)

    @property
    def origin(self) -> str | None:
        """The event's source and id, if the body is an event."""
        with suppress(ValueError, RecursionError, AttributeError):
            event = json.loads(self.body)
            known = [event[key] for key in ("source", "id") if isinstance(event.get(key), str)]
            return " ".join(known) or None
        return None

    @property
    def own_attributes(self) -> dict[str, Any]:
        """The attributes that it had before it became a dead letter."""
        return {
            name: value
            for name, value in self.attributes.items()
            if name not in DEAD_LETTER_ATTRIBUTES
        }

    def text(self, attribute: str) -> str | None:
        """A string attribute's value."""
        value: str | None = self.attributes.get(attribute, {}).get("StringValue")
        return value

    def document(self) -> dict[str, Any]:
        """The message as JSON."""
        return {
            "queue": self.queue,
            "id": self.id,
            "reason": self.reason,
            "detail": self.text("detail"),
            "origin": self.origin,
            "sent": datetime.fromtimestamp(self.sent, UTC).isoformat(timespec="milliseconds"),
            "attributes": {
                name: value.get("StringValue") for name, value in self.own_attributes.items()
            },
            "body": self.body,
        }


@dataclass(frozen=True)
class MessageFilter:
    """Matches messages by the beginning of their ids and by reason; the default matches all."""

    ids: frozenset[str] = frozenset()
    reason: str | None = None

    @property
    def matches_all(self) -> bool:
        """Whether it matches every message."""
        return not self.ids and self.reason is None

    def __call__(self, message: QueuedMessage) -> bool:
        return self.names(message) and self.reason in (None, message.reason)

    def names(self, message: QueuedMessage) -> bool:
        """Whether a message's id begins with one of the ids, if there are any."""
        return not self.ids or message.id.startswith(tuple(self.ids))
