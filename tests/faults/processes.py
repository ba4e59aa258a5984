"""The processes of the functions, found by what they do."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import psycopg

from mailroom.environments.embedded.environment import EmbeddedEnvironment
from tests.support.flow import until


class FunctionProcesses:
    """Finds the process of a function among LocalStack's children."""

    def __init__(self, embedded: EmbeddedEnvironment, database: psycopg.Connection) -> None:
        self._embedded = embedded
        self._database = database

    def with_session(self, port: int) -> psutil.Process:
        """The process whose connection to Postgres, or to the proxy before it, has this port."""
        for process in self._of_functions():
            with suppress(psutil.Error):
                if any(c.laddr and c.laddr.port == port for c in process.net_connections("tcp")):
                    return process
        raise AssertionError(f"no function's process has the port {port}")

    def with_sessions(self, role: str) -> set[psutil.Process]:
        """All those that a role is logged in from."""
        rows = self._database.execute(
            "SELECT client_port FROM pg_stat_activity WHERE usename = %s", [role]
        )
        return {self.with_session(port) for (port,) in rows}

    def in_transaction(self) -> psutil.Process | None:
        """One that waits in a transaction for somebody's lock, if any does."""
        row = self._database.execute(
            "SELECT client_port FROM pg_stat_activity"
            " WHERE application_name = 'mailroom' AND wait_event_type = 'Lock'"
        ).fetchone()
        return self.with_session(row[0]) if row else None

    def at_work(self) -> list[psutil.Process]:
        """All that work on an invocation: between two Lambda freezes them."""
        found = []
        for process in self._of_functions():
            with suppress(psutil.Error):
                if process.status() != psutil.STATUS_STOPPED:
                    found.append(process)
        return found

    def forget(self) -> None:
        """End those that are idle: the next invocations start anew and read their secret."""
        idle = [one for one in self._of_functions() if one not in self.at_work()]
        for process in idle:
            process.kill()
        until(lambda: not any(map(_runs, idle)), "the functions' idle processes to be gone")

    def _of_functions(self) -> Iterator[psutil.Process]:
        state = self._embedded.state
        assert state
        assert state.localstack
        builds = self._embedded.project.state / "build"
        for process in psutil.Process(state.localstack.pid).children(recursive=True):
            with suppress(psutil.Error):
                if Path(process.cwd()).parent == builds:
                    yield process


def _runs(process: psutil.Process) -> bool:
    """Whether it still runs: its parent reaps it when it looks at it again."""
    with suppress(psutil.NoSuchProcess):
        return bool(process.status() != psutil.STATUS_ZOMBIE)
    return False
