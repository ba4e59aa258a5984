"""The console's process: `python -m mailroom.console SOCKET CHECKOUT STATE ENV WRITE`."""

import socket
import sys
import threading
from contextlib import suppress
from pathlib import Path

import uvicorn

from mailroom.console.app import application
from mailroom.console.console import Console
from mailroom.console.source import Source
from mailroom.project import Project


def serve(number: str, root: str, state: str, env: str, write: str, template: str) -> None:
    """Serve the console until it is stopped.

    Args:
        number: Number of the listening socket's file descriptor, which the process inherits.
        root: Folder of the checkout.
        state: Folder of the environment's state.
        env: Name of an account's environment; empty for the one on this machine.
        write: Not empty if messages of the account may be changed.
        template: The template of another application than the message workflow; else empty.
    """
    listening = socket.socket(fileno=int(number))
    project = Project(Path(root), Path(state), Path(template) if template else None)
    console = Console(
        project, Source(project, env or None, bool(write)), listening.getsockname()[1]
    )
    threading.Thread(target=_read_ahead, args=(console,), daemon=True).start()
    config = uvicorn.Config(
        application(console), log_level="warning", access_log=False, timeout_graceful_shutdown=1
    )
    uvicorn.Server(config).run(sockets=[listening])


def _read_ahead(console: Console) -> None:
    """Read what is deployed, which the first page shows. A page says what is wrong, if it fails."""
    with suppress(Exception):
        console.flows.of(console.source.environment())


if __name__ == "__main__":
    serve(*sys.argv[1:])
