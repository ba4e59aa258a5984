"""Dead letters: messages that can never be ingested, and how they are sent to their queue."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from messages.problems import Reason
from messages.size import LARGEST_MESSAGE, requests
from process_messages import statements
from process_messages.database import Connection
from process_messages.queue import Queue
from process_messages.received import Attribute, Received

if TYPE_CHECKING:
    from mypy_boto3_sqs.type_defs import MessageAttributeValueTypeDef

    type _Outgoing = tuple["DeadLetter", dict[str, MessageAttributeValueTypeDef]]

_MAX_ATTRIBUTES = 10


@dataclass(frozen=True)
class DeadLetter:
    """A message that can never be ingested, why, and as far as known its event."""

    received: Received
    reason: Reason
    detail: str
    type: str | None = None
    source: str | None = None
    event_id: str | None = None
    digest: str | None = None


class DeadLetterSender:
    """Sends recorded dead letters of one queue to its dead-letter queue.

    A dead letter is sent once, unless the function fails between SQS's answer and its commit.
    """

    def __init__(self, queue: Queue, name: str) -> None:
        self._queue = queue
        self._name = name

    def send(self, connection: Connection, dead_letters: list[DeadLetter]) -> list[Received]:
        """Send what isn't sent yet and return the messages that may now be deleted.

        A message whose dead letter another consumer is sending now is not among them, nor one whose
        dead letter SQS didn't take.

        Raises:
            QueueUnavailable: when SQS fails; nothing is marked as sent.
            psycopg.Error: when Postgres fails.
        """
        outgoing = ((letter, dead_letter_attributes(letter)) for letter in dead_letters)
        return [
            received
            for group in requests(outgoing, _request_size)
            for received in self._send(connection, group)
        ]

    def _send(self, connection: Connection, group: "list[_Outgoing]") -> list[Received]:
        """Send a group. Meanwhile the session has a lock for each, and no transaction is open."""
        by_id = {letter.received.message_id: (letter, attributes) for letter, attributes in group}
        names: dict[str, Any] = {"queue": self._name, "message_id": list(by_id)}
        try:
            claimed = [one for (one,) in connection.execute(statements.CLAIM, names)]
            # Only now, as another consumer may have sent one before its lock was free.
            rows: Any = connection.execute(statements.SENT, names | {"message_id": claimed})
            sent = {one for (one,) in rows}
            unsent = [str(one) for one in claimed if one not in sent]
            letters = [(by_id[one][0].received.body, by_id[one][1]) for one in unsent]
            taken = [unsent[place] for place in self._queue.send_dead_letters(letters)]
            if taken:
                connection.execute(statements.MARK_SENT, names | {"message_id": taken})
        finally:
            if not connection.closed:
                connection.execute(statements.RELEASE)
        return [by_id[one][0].received for one in (*sent, *taken)]


def dead_letter_attributes(letter: DeadLetter) -> "dict[str, MessageAttributeValueTypeDef]":
    """Return a dead letter's attributes: those received, its reason and, if it fits, its detail."""
    kept = {k: v for k, v in letter.received.attributes.items() if k not in ("reason", "detail")}
    # A redriven message is routed and settled by these two, so the others are dropped first.
    names = sorted(kept, key=lambda name: name not in ("type", "batch_id"))
    names = names[: _MAX_ATTRIBUTES - 2]
    room = LARGEST_MESSAGE - len(letter.received.raw())
    room -= sum(_size(name, kept[name]) for name in names)
    attributes = {name: _value(kept[name]) for name in names}
    for name, text in (("reason", str(letter.reason)), ("detail", letter.detail)):
        room -= _size(name, Attribute("String", ""))
        value = text.encode()[: max(room, 0)].decode(errors="ignore")
        room -= len(value.encode())
        if value and (name == "detail" or value == text):
            attributes[name] = _value(Attribute("String", value))
    return attributes


def _size(name: str, attribute: Attribute) -> int:
    value = attribute.value
    length = len(value.encode()) if isinstance(value, str) else len(value)
    return len(name.encode()) + len(attribute.data_type) + length


def _request_size(outgoing: "_Outgoing") -> int:
    letter, attributes = outgoing
    return len(letter.received.raw()) + sum(map(_length, attributes.items()))


def _length(attribute: "tuple[str, MessageAttributeValueTypeDef]") -> int:
    name, value = attribute
    content: Any = value.get("StringValue") or value.get("BinaryValue") or ""
    return _size(name, Attribute(value["DataType"], content))


def _value(attribute: Attribute) -> "MessageAttributeValueTypeDef":
    if isinstance(attribute.value, str):
        return {"DataType": attribute.data_type, "StringValue": attribute.value}
    return {"DataType": attribute.data_type, "BinaryValue": attribute.value}
