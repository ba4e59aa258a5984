"""Snapshots: what LocalStack and Postgres have stored, copied, and put back later.

A snapshot is a folder in the environment's state, which `reset` leaves: a manifest, LocalStack's
durable folder, and the data of Postgres's cluster. Both are copied as a power failure would leave
them, which both recover from.
"""

import json
import re
import shutil
import tarfile
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from mailroom.environments.embedded.environment import UNKNOWN, EmbeddedEnvironment
from mailroom.environments.embedded.processes import paused
from mailroom.errors import Refused
from mailroom.wording import first_line, known_names

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_MANIFEST = "manifest.json"
_DURABLE = "durable"
_CLUSTER = "postgres"


@dataclass(frozen=True)
class Snapshot:
    """A snapshot's manifest.

    Attributes:
        name: Its name.
        created: When it was made, in ISO 8601.
        mailroom: The version of Mailroom that made it.
        parameters: The template parameters that `up` remembered.
    """

    name: str
    created: str
    mailroom: str
    parameters: dict[str, str] = field(default_factory=dict)


class Snapshots:
    """The snapshots of one environment."""

    def __init__(self, embedded: EmbeddedEnvironment) -> None:
        self._embedded = embedded
        self._folder = embedded.project.state / "snapshots"
        self._durable = embedded.project.state / "localstack" / _DURABLE

    def all(self) -> list[Snapshot]:
        """Every snapshot, the oldest first."""
        found = [_read(one) for one in self._folder.glob(f"[!.]*/{_MANIFEST}")]
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
        """
        self._require_free(name)
        state = self._embedded.state
        if state is None or not (state.durable and self._durable.is_dir()):
            raise Refused(
                "there is nothing to save",
                "bring the environment up, with durability: mailroom up --durability=on",
            )
        now = datetime.now(UTC).isoformat(timespec="seconds")
        made = Snapshot(name, now, version("mailroom"), state.parameters)
        draft = self._draft()
        with self._embedded.file.locked(waiting), paused(state.processes):
            shutil.copytree(self._durable, draft / _DURABLE)
            if self._embedded.has_database:
                self._embedded.postgres(state).copy_data(draft / _CLUSTER)
        (draft / _MANIFEST).write_text(json.dumps(asdict(made), indent=2))
        draft.rename(self._place(name))
        return made

    def put_back(self, snapshot: Snapshot, waiting: Callable[[], None] = lambda: None) -> None:
        """Replace what is stored; the environment is down then, and `up` brings up the rest.

        Raises:
            Refused: Another version of Mailroom made it; nothing was touched.
        """
        own = version("mailroom")
        if snapshot.mailroom != own:
            raise Refused(
                f"snapshot {snapshot.name} was made by Mailroom {snapshot.mailroom}, and this is"
                f" {own}",
                "load it with that version",
            )
        self._embedded.down(waiting)
        with self._embedded.file.locked(waiting):
            state = self._embedded.state
            if state:
                self._embedded.file.save(state.with_(ready=False, parameters={}))
            place, draft = self._place(snapshot.name), self._durable.with_name("restored")
            shutil.rmtree(draft, ignore_errors=True)
            shutil.copytree(place / _DURABLE, draft)
            if self._embedded.has_database:
                self._embedded.postgres(state or UNKNOWN).replace_data(place / _CLUSTER)
            shutil.rmtree(self._durable, ignore_errors=True)
            draft.rename(self._durable)

    def remove(self, snapshot: Snapshot) -> None:
        """Delete it."""
        shutil.rmtree(self._place(snapshot.name))

    def export(self, snapshot: Snapshot, file: Path) -> None:
        """Write it to a compressed archive, which its owner alone can read: it has passwords."""
        draft = file.with_name(f".{file.name}.draft")
        draft.touch(mode=0o600)
        with tarfile.open(draft, "w:gz", compresslevel=3) as archive:
            archive.add(self._place(snapshot.name), snapshot.name)
        draft.replace(file)

    def take_in(self, file: Path) -> Snapshot:
        """Add the snapshot of an archive that `export` wrote.

        Raises:
            Refused: It is no such archive, or there is a snapshot of its name.
        """
        draft = self._draft()
        try:
            with tarfile.open(file) as archive:
                archive.extractall(draft, filter="data")
            [folder] = draft.iterdir()
            found = _read(folder / _MANIFEST)
        except (tarfile.TarError, OSError, EOFError, ValueError, TypeError) as error:
            shutil.rmtree(draft)
            raise Refused(f"{file} is no snapshot: {first_line(error)}") from None
        self._require_free(found.name)
        folder.rename(self._place(found.name))
        shutil.rmtree(draft)
        return found

    def _place(self, name: str) -> Path:
        return self._folder / name

    def _draft(self) -> Path:
        """An empty folder for what is not whole yet."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = self._folder / ".draft"
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir()
        return draft

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


def _read(manifest: Path) -> Snapshot:
    document: dict[str, Any] = json.loads(manifest.read_text())
    return Snapshot(**document)
