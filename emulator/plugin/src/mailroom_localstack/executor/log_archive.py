"""Keeps the functions' logs in a file: LocalStack forgets them when it ends."""

import json
import os
import threading
from collections.abc import Sequence
from pathlib import Path

from mailroom_localstack.executor.log_lines import LogEvent

VARIABLE = "LAMBDA_PROCESS_LOG_FILE"
# Two files of this size are kept.
LARGEST = 16 * 1024 * 1024

_lock = threading.Lock()


def keep(group: str, stream: str, events: Sequence[LogEvent]) -> None:
    """Append events to the file that the setting names, a JSON document a line.

    When the file is full it takes the place of the one with `.1` at its end.
    """
    named = os.environ.get(VARIABLE)
    if not named:
        return
    path = Path(named)
    lines = "".join(
        json.dumps(
            {"time": event.timestamp, "group": group, "stream": stream, "message": event.message},
            ensure_ascii=False,
        )
        + "\n"
        for event in events
    )
    with _lock:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists() and path.stat().st_size > LARGEST:
            path.replace(path.with_name(f"{path.name}.1"))
        with path.open("a", encoding="utf-8", errors="replace") as file:
            file.write(lines)
