"""How to take back what was started, when the rest of it fails."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from mailroom.interrupts import uninterrupted
from mailroom.progress import Progress

type Undo = Callable[[], object]


@contextmanager
def undone_on_failure(progress: Progress) -> Iterator[list[Undo]]:
    """Undo what is on the list, last first, if the block ends by an exception."""
    undo: list[Undo] = []
    try:
        yield undo
    except BaseException:
        if undo:
            with uninterrupted(), progress.step("Stopping what was started"):
                for one in reversed(undo):
                    one()
        raise
