"""Tables of the messages in dead-letter queues and the unrouted queue."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import time

from mailroom.cli.daily.queues import age
from mailroom.cli.output import errors, show_json, show_table
from mailroom.dead_letters.queued_messages import MessageFilter, QueuedMessage
from mailroom.errors import Refused
from mailroom.progress import Progress

_BODY_CHARACTERS = 60


@contextmanager
def counting(text: str) -> Iterator[Callable[[int], None]]:
    """A line that shows a number as it changes."""
    what, _, number = text.partition(": ")
    with Progress(errors).waiting_for(what) as step:
        yield lambda count: step.update(number.format(count))


def show_messages(found: list[QueuedMessage], json: bool) -> None:
    """Print a list of messages."""
    if json:
        show_json([message.document() for message in found])
        return
    show_table(
        ["id", "queue", "reason", "origin", "age", "body"],
        [
            [m.id, m.queue, m.reason, m.origin, age(time() - m.sent), m.body[:_BODY_CHARACTERS]]
            for m in found
        ],
    )


def only_one(found: list[QueuedMessage], id: str) -> QueuedMessage:
    """The message whose id begins with a text.

    Raises:
        Refused: No message's id does, or several messages' ids do.
    """
    matching = [message for message in found if message.id.startswith(id)]
    if len(matching) != 1:
        what = "several messages have" if matching else "no message has"
        raise Refused(f"{what} the id {id}", "all of them: leave out `show` and the id")
    return matching[0]


def require_found(found: list[QueuedMessage], matches: MessageFilter) -> None:
    """Check that every id of a filter was found.

    Raises:
        Refused: One was not.
    """
    unknown = matches.ids - {message.id for message in found}
    if unknown:
        raise Refused(f"no message has the id {', '.join(sorted(unknown))}")
