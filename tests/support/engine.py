"""A LocalStack of a test's own, for what can't be done to one that others use."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from mailroom.aws.sessions import EmulatorSession
from mailroom.environments.embedded import localstack
from mailroom.environments.embedded.processes import ProcessRecord
from mailroom.environments.ports import free_port
from mailroom.project import Project


@dataclass(frozen=True)
class Engine:
    """LocalStack alone: nothing is deployed.

    Attributes:
        server: How to start and stop it.
        process: LocalStack's.
        session: Clients of it.
    """

    server: localstack.LocalStackServer
    process: ProcessRecord
    session: EmulatorSession


@contextmanager
def running_engine(
    state: Path, monkeypatch: pytest.MonkeyPatch, **settings: str
) -> Iterator[Engine]:
    """A LocalStack with a port and a folder of its own; gone at the end.

    Args:
        state: Folder of its state.
        monkeypatch: Takes the settings back.
        settings: Settings that are LocalStack's, beside those that Mailroom gives it.
    """
    for name, value in settings.items():
        monkeypatch.setitem(localstack.SETTINGS, name, value)
    server = localstack.LocalStackServer(
        Project.find(state=state), state / "localstack.log", free_port()
    )
    process = server.start()
    try:
        server.wait(process)
        session = EmulatorSession(server.endpoint, "us-east-1", "000000000000")
        yield Engine(server, process, session)
    finally:
        server.stop()
