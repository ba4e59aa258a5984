"""Tables of the messages in dead-letter queues and the unrouted queue."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from mailroom.cli.output import errors, show_json, show_table
from mailroom.cli.times import shown
from mailroom.dead_letters.queued_messages import MessageFilter, QueuedMessage
from mailroom.errors import Refused
from mailroom.progress import Progress
from mailroom.wording import did_you_mean, known_names


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
        ["id", "queue", "reason", "detail", "origin", "sent"],
        [[m.id, m.queue, m.reason, m.text("detail"), m.origin, shown(m.sent)] for m in found],
        below=("detail", "reason", "queue"),
        gives_way=("origin",),
    )


def only_one(found: list[QueuedMessage], id: str) -> QueuedMessage:
    """The message whose id begins with a text.

    Raises:
        Refused: No message's id does, or several messages' ids do.
    """
    matching = [message for message in found if message.id.startswith(id)]
    if len(matching) > 1:
        raise Refused(
            f"several messages have an id that begins with {id}",
            ", ".join(message.id for message in matching),
        )
    if not matching:
        raise Refused(f"no message has the id {id}", _near(found, id))
    return matching[0]


def require_found(found: list[QueuedMessage], matches: MessageFilter) -> None:
    """Check that every id of a filter is the beginning of one message's id.

    Raises:
        Refused: One is not, or is that of several.
    """
    for id in sorted(matches.ids):
        only_one(found, id)


def _near(found: list[QueuedMessage], id: str) -> str:
    ids = [message.id for message in found]
    # A person may have copied the event's id.
    same = [m.id for m in found if m.origin and m.origin.split()[-1] == id]
    if same:
        return f"it is the id of the event; its dead letter is {', '.join(same)}"
    return did_you_mean(id, ids) or known_names(id, "ids", ids[:5])
