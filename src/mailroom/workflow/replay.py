"""Gathers what a batch ingested, to be sent again."""

from pathlib import Path

import psycopg

from mailroom.errors import Refused


def write_batch(database: str, batch: str, folder: Path) -> Path:
    """Write the events of a batch into a JSON Lines file, as they were sent.

    Args:
        database: Connection string.
        batch: The batch's id.
        folder: Where the file goes.

    Raises:
        Refused: No message of such a batch was ingested.
    """
    path = folder / "replay.jsonl"
    with psycopg.connect(database) as connection, path.open("w", encoding="utf-8") as file:
        events = connection.execute(
            "SELECT event::text FROM messages WHERE batch_id = %s ORDER BY source, id", [batch]
        )
        for (text,) in events:
            # Only between its tokens can JSON have line breaks: spaces mean the same there.
            file.write(f"{text.replace('\r', ' ').replace('\n', ' ')}\n")
        if not events.rowcount:
            raise Refused(
                f"{batch} is neither a file nor a batch that was ingested",
                "batches: mailroom messages",
            )
    return path
