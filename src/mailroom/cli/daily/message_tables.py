"""How the messages that need a person are shown, and asked about."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import time

import typer

from mailroom.cli.daily.queues import age
from mailroom.cli.output import errors, show_json, show_table
from mailroom.dead_letters.queued_messages import Letter, Wanted
from mailroom.errors import Refused
from mailroom.progress import Progress

_LOOK = 60


@contextmanager
def counting(text: str) -> Iterator[Callable[[int], None]]:
    """A line that shows a number as it changes."""
    what, _, number = text.partition(": ")
    with Progress(errors).waiting_for(what) as step:
        yield lambda count: step.update(number.format(count))


def show_letters(found: list[Letter], json: bool) -> None:
    """Print a list of messages."""
    if json:
        show_json([letter.document() for letter in found])
        return
    show_table(
        ["id", "queue", "reason", "origin", "age", "body"],
        [
            [one.id, one.queue, one.reason, one.origin, age(time() - one.sent), one.body[:_LOOK]]
            for one in found
        ],
    )


def only_one(found: list[Letter], id: str) -> Letter:
    """The message whose id begins so.

    Raises:
        Refused: None or several do.
    """
    matching = [letter for letter in found if letter.id.startswith(id)]
    if len(matching) != 1:
        what = "several messages have" if matching else "no message has"
        raise Refused(f"{what} the id {id}", "all of them: leave out `show` and the id")
    return matching[0]


def refuse_unknown(found: list[Letter], wanted: Wanted) -> None:
    """Make sure that every wanted id was found.

    Raises:
        Refused: One was not.
    """
    unknown = wanted.ids - {letter.id for letter in found}
    if unknown:
        raise Refused(f"no message has the id {', '.join(sorted(unknown))}")


def confirm(question: str, yes: bool) -> None:
    """Ask before messages are deleted.

    Raises:
        Refused: The answer is no, or there is nobody to ask.
    """
    if yes:
        return
    if not sys.stdin.isatty():
        raise Refused("this deletes messages and there is no terminal to ask on", "add --yes")
    if not typer.confirm(question):
        raise Refused("nothing was deleted")
