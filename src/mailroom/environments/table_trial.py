"""Tries the migrations and the tables of message types in a database that is dropped again.

What it finds is kept by the digest of all that it depends on: trying takes a second or two.
"""

import hashlib
import json
import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Self

from mailroom.environments.ports import free_port
from mailroom.errors import MailroomError, Refused
from mailroom.packaging.code import live_code
from mailroom.packaging.dependencies import RUNTIME
from mailroom.project import Project
from mailroom.types.described import FOLDER, Fault, types_digest


class TableTrial:
    """The trial of one checkout's migrations and tables.

    Args:
        project: The checkout, whose types' folders are sound.
    """

    def __init__(self, project: Project) -> None:
        self._project = project
        self._has_types = (project.functions / FOLDER).is_dir()
        digest = _digest(project) if self._has_types else "none"
        # Beside what `make install` makes, as it outlives each environment's state.
        self._kept = project.root / ".envs" / "checked" / f"tables-{digest}"
        self._found: list[dict[str, Any]] | None = None
        self._process: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        if self._process:
            # Its database is dropped when it ends by itself.
            self._process.communicate()

    @property
    def needed(self) -> bool:
        """Whether its result isn't known."""
        return self._has_types and self._known() is None

    def start(self, superuser: str) -> None:
        """Begin, if its result isn't known, in a database of its own.

        Args:
            superuser: Connection string of the server's superuser.
        """
        if not self.needed:
            return
        self._process = subprocess.Popen(
            [self._project.interpreter(RUNTIME), "-B", "-m", "migrate_database.trial"],
            cwd=live_code(self._project).key,
            # The template's default: Postgres here has no TLS.
            env={**os.environ, "DATABASE_SSL_MODE": "prefer"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdin
        self._process.stdin.write(superuser)
        self._process.stdin.close()
        self._process.stdin = None

    def refuse(self) -> None:
        """Wait for its end.

        Raises:
            Refused: A migration, a table, a grant or a sample is wrong; the hint has each place.
            MailroomError: It failed itself.
        """
        if self._process:
            said, complaint = self._process.communicate()
            self._process = None
            self._found = _parsed(said, complaint)
            # What can't be kept is tried again the next time.
            with suppress(OSError):
                self._keep(self._found)
        if faults := self._known():
            listed = "\n".join(str(Fault(**one)) for one in faults)
            raise Refused("a migration or the table of a message type is wrong", listed)

    def _known(self) -> list[dict[str, Any]] | None:
        if self._found is not None:
            return self._found
        try:
            found: list[dict[str, Any]] = json.loads(self._kept.read_text())
        except (OSError, ValueError):
            return None
        return found

    def _keep(self, faults: list[dict[str, Any]]) -> None:
        self._kept.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # Another checkout may be about to keep the same.
        draft = self._kept.with_suffix(f".{os.getpid()}")
        draft.write_text(json.dumps(faults))
        draft.replace(self._kept)


def require_tables(project: Project) -> None:
    """Check migrations and tables, in the server that is up or in one for a moment.

    Raises:
        Refused: A migration, a table, a grant or a sample is wrong; the hint has each place.
    """
    with TableTrial(project) as trial:
        if not trial.needed:
            trial.refuse()
            return
        with _server(project) as superuser:
            trial.start(superuser)
            trial.refuse()


@contextmanager
def _server(project: Project) -> Iterator[str]:
    from mailroom.environments.embedded.environment import EmbeddedEnvironment

    superuser = ""
    with suppress(MailroomError):
        # Containers are no choice: their superuser has no password to connect with.
        superuser = EmbeddedEnvironment(project).connect().database
    if superuser:
        yield superuser
        return
    from mailroom.environments.embedded.postgres import PostgresServer

    with tempfile.TemporaryDirectory(prefix="mailroom-") as folder:
        server = PostgresServer(Path(folder) / "postgres", Path(folder) / "log", free_port())
        try:
            server.wait(server.start())
            yield server.superuser()
        finally:
            server.stop()
            server.remove()


def _parsed(said: str, complaint: str) -> list[dict[str, Any]]:
    try:
        faults: list[dict[str, Any]] = json.loads(said.splitlines()[-1])["faults"]
    except (ValueError, LookupError):
        raise MailroomError("the tables could not be tried", complaint.strip()) from None
    for one in faults:
        folder = "infra" if one["file"].startswith("migrations/") else "functions"
        one["file"] = f"{folder}/{one['file']}"
    return faults


def _digest(project: Project) -> str:
    found = hashlib.sha256(types_digest(project).encode())
    folders = [project.migrations, project.functions / "migrate_database"]
    files = [path for folder in folders for path in sorted(folder.glob("*.*"))]
    for path in [*files, project.functions / "process_messages" / "statements.py"]:
        found.update(f"{path.name}\0".encode() + hashlib.sha256(path.read_bytes()).digest())
    return found.hexdigest()
