"""Throws messages away, but not before they are in a file."""

import json
from pathlib import Path

from mailroom.dead_letters.queued_messages import Wanted
from mailroom.dead_letters.receiver import Taker
from mailroom.environments.environment import Environment


def purge(environment: Environment, queues: tuple[str, ...], wanted: Wanted, export: Path) -> int:
    """Write messages to a file, then delete them; only what was written is deleted.

    Args:
        environment: Where.
        queues: Logical names.
        wanted: Which.
        export: JSON Lines file, appended to: one message a line.

    Returns:
        How many were deleted.
    """
    count = 0
    with export.open("a", encoding="utf-8") as file:
        for queue in queues:
            taker = Taker(environment, queue)
            for letters in taker.take(wanted):
                for letter in letters:
                    file.write(json.dumps(letter.document()) + "\n")
                file.flush()
                taker.delete(letters)
                count += len(letters)
    return count
