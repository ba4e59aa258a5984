"""What a type's action is given, and the errors by which it says what becomes of messages.

`action.py` in a type's folder has `act(transaction, messages)`. It is called in the transaction
that inserts the messages, with those that were inserted: what it does by `transaction` is
committed with them or not at all. It may be called again for the same messages, if the
transaction failed. It can't commit or roll back.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import psycopg

type Transaction = psycopg.Connection[tuple[object, ...]]


class Reject(Exception):
    """Raised by an action for messages that can never be processed: they become dead letters.

    Their reason is `rejected`, and the error's text is the detail. If the action was given
    several messages, it is called again with half of them, until a message that fails is alone.
    """


class Later(Exception):
    """Raised by an action for messages that can't be processed now: SQS delivers them again.

    If the action was given several messages, it is called again with half of them, until a message
    that fails is alone.
    """


@dataclass(frozen=True)
class ActionMessage:
    """A message that was inserted.

    Attributes:
        source: The event's source.
        id: The event's id.
        time: The event's time, in UTC, as RFC 3339 has it.
        subject: The event's subject.
        batch_id: The batch that it was published with.
        data: The event's data, as the type's model.
    """

    source: str
    id: str
    time: str | None
    subject: str | None
    batch_id: str | None
    data: Any
