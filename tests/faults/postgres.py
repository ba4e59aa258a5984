"""Postgres as a process that can be ended."""

import psutil

from mailroom.environments.embedded.environment import EmbeddedEnvironment


class Postgres:
    """The server's process, and how to start it again."""

    def __init__(self, embedded: EmbeddedEnvironment) -> None:
        self._embedded = embedded

    @property
    def process(self) -> psutil.Process:
        state = self._embedded.state
        assert state
        assert state.postgres
        return psutil.Process(state.postgres.pid)

    def end(self, number: int) -> None:
        """End it by a signal; its sessions end with it."""
        family = [self.process, *self.process.children(recursive=True)]
        self.process.send_signal(number)
        psutil.wait_procs(family, timeout=15)
        assert not any(one.is_running() and one.status() != "zombie" for one in family)

    def start(self) -> None:
        """Start it again on its data."""
        state = self._embedded.state
        assert state
        server = self._embedded.postgres(state)
        record = server.start()
        self._embedded.file.save(state.with_(postgres=record))
        server.wait(record)
