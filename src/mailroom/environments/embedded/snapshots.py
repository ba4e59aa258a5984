"""Snapshots: what LocalStack and Postgres have stored, copied, and put back later.

LocalStack's durable folder and the data of Postgres's cluster are copied as a power failure would
leave them, which both recover from.
"""

import json
import os
import re
import shutil
import tarfile
import tempfile
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from mailroom.deployment.template import Template
from mailroom.environments.embedded.cluster import put_in_place
from mailroom.environments.embedded.environment import EmbeddedEnvironment
from mailroom.environments.embedded.processes import paused
from mailroom.environments.embedded.snapshot import MANIFEST, Snapshot, listed, parsed
from mailroom.environments.embedded.startup import require_startable, with_port
from mailroom.environments.embedded.state import State
from mailroom.environments.ports import require_free_port
from mailroom.errors import MailroomError, Refused
from mailroom.interrupts import uninterrupted
from mailroom.temporary import temporary_folder
from mailroom.wording import first_line, known_names

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_DURABLE = "durable"
_CLUSTER = "postgres"


class Snapshots:
    """The snapshots of one environment."""

    def __init__(self, embedded: EmbeddedEnvironment) -> None:
        self._embedded = embedded
        self._folder = embedded.project.state / "snapshots"
        self._durable = embedded.project.state / "localstack" / _DURABLE

    def all(self) -> list[Snapshot]:
        """Every snapshot, the oldest first."""
        found = [listed(one) for one in self._folder.glob(f"*/{MANIFEST}")]
        return sorted(found, key=lambda one: one.created)

    def find(self, name: str) -> Snapshot:
        """The snapshot of this name.

        Raises:
            Refused: There is none.
        """
        every = {one.name: one for one in self.all()}
        if name not in every:
            raise Refused(
                f"there is no snapshot {name}", known_names(name, "snapshots", list(every))
            )
        return every[name]

    def size(self, snapshot: Snapshot) -> int:
        """Bytes of its files."""
        return sum(one.stat().st_size for one in self._place(snapshot.name).rglob("*"))

    def save(self, name: str, waiting: Callable[[], None] = lambda: None) -> Snapshot:
        """Copy what is stored; what runs is paused meanwhile.

        Raises:
            Refused: The name is taken or not allowed, or nothing is stored.
            MailroomError: It could not be copied.
        """
        with self._changing(waiting, f"snapshot {name} could not be saved") as draft:
            self._require_free(name)
            state = self._embedded.state
            if state is None or not self._is_stored(state):
                raise Refused(
                    "there is nothing to save",
                    "bring the environment up, with durability: mailroom up --durability=on",
                )
            now = datetime.now(UTC).isoformat(timespec="seconds")
            made = Snapshot(name, now, version("mailroom"), state.parameters)
            with paused(state.processes):
                shutil.copytree(self._durable, draft / _DURABLE)
                if self._has_database:
                    self._embedded.postgres(state).copy_data(draft / _CLUSTER)
            (draft / MANIFEST).write_text(json.dumps(asdict(made), indent=2))
            draft.rename(self._place(name))
            return made

    def put_back(
        self,
        snapshot: Snapshot,
        port: int | None = None,
        unset: Collection[str] = (),
        waiting: Callable[[], None] = lambda: None,
    ) -> None:
        """Stop the environment, and replace what is stored; `up` brings up the rest.

        Args:
            snapshot: The snapshot.
            port: LocalStack's port, as `up` takes it.
            unset: Names of the snapshot's template parameters to forget.
            waiting: Called when another command has the lock, before waiting for it.

        Raises:
            Refused: `up` would refuse it; nothing was touched.
            MailroomError: It could not be copied; nothing was touched.
        """
        embedded, place = self._embedded, self._place(snapshot.name)
        self._require_whole(snapshot)
        if embedded.project.is_workflow:
            require_startable(embedded.project)
        with self._changing(waiting, f"snapshot {snapshot.name} could not be loaded") as draft:
            parameters = self._parameters(snapshot, unset)
            state = with_port(embedded, port)
            if not (state.localstack and state.localstack.alive()):
                require_free_port(state.port, "LocalStack")
            server = embedded.postgres(state)
            shutil.copytree(place / _DURABLE, draft / _DURABLE)
            data = server.copy_of(place / _CLUSTER) if self._has_database else None
            with uninterrupted():
                embedded.stop_localstack()
                embedded.stop_postgres()
                put_in_place(draft / _DURABLE, self._durable)
                if data:
                    server.use_data(data)
                embedded.file.save(
                    state.with_(localstack=None, postgres=None, ready=False, parameters=parameters)
                )

    def remove(self, snapshot: Snapshot, waiting: Callable[[], None] = lambda: None) -> None:
        """Delete it."""
        with self._changing(waiting, f"snapshot {snapshot.name} could not be removed") as draft:
            # At once, so that an interruption leaves no half of it.
            self._place(snapshot.name).rename(draft / snapshot.name)

    def export(self, snapshot: Snapshot, file: Path) -> None:
        """Write it to a compressed archive, which its owner alone can read: it has passwords.

        Raises:
            Refused: There is such a file.
            MailroomError: It could not be written.
        """
        if file.exists():
            raise Refused(f"{file} exists already", "name another file")
        try:
            descriptor, draft = tempfile.mkstemp(prefix=".snapshot-", dir=file.parent)
            try:
                with (
                    os.fdopen(descriptor, "wb") as target,
                    tarfile.open(fileobj=target, mode="w:gz", compresslevel=3) as archive,
                ):
                    archive.add(self._place(snapshot.name), snapshot.name)
                Path(draft).replace(file)
            finally:
                Path(draft).unlink(missing_ok=True)
        except OSError as error:
            raise MailroomError(f"{file} could not be written: {_why(error)}") from None

    def take_in(self, file: Path, waiting: Callable[[], None] = lambda: None) -> Snapshot:
        """Add the snapshot of an archive that `export` wrote.

        Raises:
            Refused: It is no such archive, or there is a snapshot of its name.
            MailroomError: It could not be unpacked.
        """
        try:
            archive = tarfile.open(file)  # noqa: SIM115 it is closed below
        except (tarfile.TarError, OSError, EOFError) as error:
            raise Refused(f"{file} is no snapshot: {first_line(error)}") from None
        with archive, self._changing(waiting, f"{file} could not be unpacked") as draft:
            try:
                archive.extractall(draft, filter="data")
                [folder] = draft.iterdir()
                found = parsed((folder / MANIFEST).read_text())
            except (tarfile.TarError, EOFError, FileNotFoundError, ValueError) as error:
                raise Refused(f"{file} is no snapshot: {first_line(error)}") from None
            self._require_free(found.name)
            folder.rename(self._place(found.name))
            return found

    @property
    def _has_database(self) -> bool:
        return self._embedded.has_database

    def _place(self, name: str) -> Path:
        return self._folder / name

    @contextmanager
    def _changing(self, waiting: Callable[[], None], failure: str) -> Iterator[Path]:
        """Take the environment's lock; yields a folder that is gone afterwards."""
        state = self._embedded.project.state
        with self._embedded.file.locked(waiting), temporary_folder(state) as draft:
            self._folder.mkdir(mode=0o700, exist_ok=True)
            try:
                yield draft
            except OSError as error:
                raise MailroomError(f"{failure}: {_why(error)}") from None

    def _is_stored(self, state: State) -> bool:
        database = not self._has_database or self._embedded.postgres(state).has_data
        return state.durable and self._durable.is_dir() and database

    def _parameters(self, snapshot: Snapshot, unset: Collection[str]) -> dict[str, str]:
        if not (snapshot.parameters or unset):
            return {}
        template = Template(self._embedded.project.template)
        configured = self._embedded.config.parameters
        command = f"mailroom snapshot load {snapshot.name}"
        return template.merged_parameters(configured, snapshot.parameters, {}, unset, command)

    def _require_free(self, name: str) -> None:
        if not _NAME.fullmatch(name):
            raise Refused(
                f"{name!r} can't be a snapshot's name",
                "up to 64 letters, digits, dots, underscores and hyphens",
            )
        if self._place(name).exists():
            raise Refused(
                f"there is a snapshot {name} already",
                f"choose another name, or remove it: mailroom snapshot remove {name}",
            )

    def _require_whole(self, snapshot: Snapshot) -> None:
        own, place = version("mailroom"), self._place(snapshot.name)
        if snapshot.mailroom != own:
            raise Refused(
                f"snapshot {snapshot.name} was made by Mailroom {snapshot.mailroom}, and this is"
                f" {own}",
                "load it with that version",
            )
        if not (place / _DURABLE).is_dir():
            raise Refused(f"snapshot {snapshot.name} is not whole")
        if (place / _CLUSTER).is_dir() != self._has_database:
            raise Refused(
                f"snapshot {snapshot.name} is not of this application: one has a database, and the"
                " other has none"
            )


def _why(error: OSError) -> str:
    """The reason; copytree's error lists all files, each with its own."""
    if isinstance(error, shutil.Error) and isinstance(error.args[0], list):
        return str(error.args[0][-1][-1])
    return first_line(error)
