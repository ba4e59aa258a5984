"""The state of an environment between commands: .mailroom/environment.json."""

import fcntl
import json
import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import IO, Any, Self

from mailroom.environments.embedded.processes import ProcessRecord
from mailroom.environments.ports import is_port
from mailroom.project import DEFAULT_STATE


@dataclass(frozen=True)
class State:
    """The ports and processes of an environment, and the options of `up`.

    Attributes:
        port: LocalStack's port.
        postgres_port: Postgres's port.
        localstack: LocalStack's process, if one was started.
        postgres: Postgres's process, if one was started.
        ready: Whether `up` has deployed the stack and migrated the database.
        iam: LocalStack's IAM mode: `enforce`, `observe` or `off`.
        durability: Whether what LocalStack acknowledges survives its end: `on` or `off`.
        engine: Digests of LocalStack's code and settings when it was started, by what they cover.
        packaged: Whether the functions run from the zip that would go to AWS.
        parameters: Template parameters of `up`, which the next `up` uses too.
    """

    port: int
    postgres_port: int
    localstack: ProcessRecord | None = None
    postgres: ProcessRecord | None = None
    ready: bool = False
    iam: str = ""
    durability: str = ""
    engine: dict[str, str] = field(default_factory=dict)
    packaged: bool = False
    parameters: dict[str, str] = field(default_factory=dict)

    @property
    def processes(self) -> list[ProcessRecord]:
        """The processes that were started; they may have ended."""
        return [record for record in (self.localstack, self.postgres) if record]

    @property
    def durable(self) -> bool:
        """Whether what LocalStack acknowledges survives its end."""
        return self.durability == "on"

    def runs(self, with_database: bool = True) -> bool:
        """Whether LocalStack runs, and Postgres if the application has a database."""
        needed = [self.localstack, *([self.postgres] if with_database else [])]
        return all(record and record.alive() for record in needed)

    def with_(self, **changes: Any) -> Self:
        return replace(self, **changes)


class StateFile:
    """The state of the environment in one folder.

    Args:
        folder: `Project.state`.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._path = folder / "environment.json"

    def load(self) -> State | None:
        """The saved state; None when there is none, or the file is malformed."""
        try:
            document = json.loads(self._path.read_text())
            return State(
                port=_port(document["port"]),
                postgres_port=_port(document["postgres_port"]),
                localstack=ProcessRecord.from_json(document["localstack"]),
                postgres=ProcessRecord.from_json(document["postgres"]),
                ready=bool(document["ready"]),
                # Earlier versions of Mailroom didn't write these.
                iam=str(document.get("iam", "")),
                durability=str(document.get("durability", "")),
                engine=_texts(document.get("engine", {})),
                packaged=bool(document.get("packaged", False)),
                parameters=_texts(document.get("parameters", {})),
            )
        except (FileNotFoundError, ValueError, TypeError, KeyError):
            return None

    def save(self, state: State) -> None:
        """Save the state atomically."""
        self._make_folder()
        draft = self._path.with_suffix(".draft")
        draft.write_text(json.dumps(asdict(state), indent=2))
        draft.replace(self._path)

    def remove(self) -> None:
        """Delete the state and the lock file; the caller must have the lock."""
        for path in (self._path, self._path.with_suffix(".draft"), self._folder / "lock"):
            path.unlink(missing_ok=True)

    def locked(self, waiting: Callable[[], None] = lambda: None) -> IO[str]:
        """Take the lock that lets one command at a time change the environment.

        Args:
            waiting: Called when another command has the lock, before waiting for it.

        Returns:
            The lock file; closing it releases the lock.
        """
        path = self._folder / "lock"
        while True:
            self._make_folder()
            lock = path.open("w")
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                waiting()
                fcntl.flock(lock, fcntl.LOCK_EX)
            # `reset` deletes the file. A lock on a deleted file has no effect on other commands.
            with suppress(FileNotFoundError):
                if os.path.samestat(os.fstat(lock.fileno()), path.stat()):
                    return lock
            lock.close()

    def _make_folder(self) -> None:
        """Make the folder, which its owner alone may enter; a folder that a user chose stays."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if self._folder.name == DEFAULT_STATE:
            self._folder.chmod(0o700)


def _port(value: Any) -> int:
    if not (isinstance(value, int) and is_port(str(value))):
        raise ValueError(f"{value} is no port")
    return value


def _texts(document: Any) -> dict[str, str]:
    return {name: str(value) for name, value in dict(document).items()}
