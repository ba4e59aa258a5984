"""Reads the message types of a checkout, as the functions do."""

import hashlib
import json
import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mailroom.errors import MailroomError, Refused
from mailroom.locks import locked
from mailroom.packaging.code import live_code
from mailroom.packaging.dependencies import RUNTIME
from mailroom.project import Project

FOLDER = "message_types"


@dataclass(frozen=True)
class Column:
    """A column of a type's table; see functions/messages/columns.py."""

    name: str
    key: str
    sql: str
    nullable: bool
    values: tuple[str, ...]
    bounds: tuple[int, int] | None = None


@dataclass(frozen=True)
class MessageType:
    """A type, as its folder says.

    Attributes:
        name: Its name.
        title: What it is, in one line.
        table: Its table.
        columns: The table's columns beside `source` and `id`.
        settings: The numbers and grants of type.toml, with the defaults.
        schema: JSON Schema of the events' data.
        action: Whether it has an action.
        migrations: Names of its migrations.
        samples: Its sample events.
    """

    name: str
    title: str
    table: str
    columns: tuple[Column, ...]
    settings: dict[str, Any]
    schema: dict[str, Any]
    action: bool
    migrations: tuple[str, ...]
    samples: tuple[dict[str, Any], ...]

    @property
    def resource(self) -> str:
        """The name as its resources' logical names begin: purchase_order → PurchaseOrder."""
        return pascal(self.name)

    @property
    def consumers(self) -> int | None:
        """Concurrent consumers of its queue; None: the stack's ConsumersPerQueue."""
        found: int | None = self.settings.get("consumers")
        return found


@dataclass(frozen=True)
class Fault:
    """What is wrong with a type's folder.

    Attributes:
        file: Path from the checkout's root.
        line: Counted from 1.
        reason: What is wrong.
    """

    file: str
    line: int
    reason: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.reason}"


@dataclass(frozen=True)
class Described:
    """All types of a checkout, in the order of their names, and all faults of their folders."""

    types: tuple[MessageType, ...]
    faults: tuple[Fault, ...]


def pascal(name: str) -> str:
    """A name with underscores as one in PascalCase."""
    return "".join(part.capitalize() for part in name.split("_"))


def read_types(project: Project) -> tuple[MessageType, ...]:
    """The message types of a checkout.

    Raises:
        Refused: A type's folder is wrong; the hint has file, line and reason of each fault.
    """
    described = describe_types(project)
    if described.faults:
        listed = "\n".join(map(str, described.faults))
        raise Refused("the folder of a message type is wrong", listed)
    return described.types


def describe_types(project: Project, extra: Path | None = None) -> Described:
    """The types and faults, by a process of the functions' own code with Lambda's interpreter.

    Its answer is kept in the state's folder, until a file that it depends on changes.

    Args:
        project: The checkout.
        extra: The folder of one more type, which is not in the checkout yet.

    Raises:
        MailroomError: The process failed.
    """
    if extra is not None:
        return _described(_ask(project, extra))
    known = project.state / "types.json"
    known.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with locked(known.parent):
        digest = types_digest(project)
        kept = json.loads(known.read_text()) if known.exists() else {}
        if kept.get("digest") != digest:
            kept = {"digest": digest, "answer": _ask(project, None)}
            known.write_text(json.dumps(kept))
    return _described(kept["answer"])


def describe_folder(project: Project, functions: Path) -> Described:
    """The types and faults of another version of the functions, with this one's dependencies.

    Args:
        project: The checkout.
        functions: The folder of the functions' code.

    Raises:
        MailroomError: The process failed.
    """
    return _described(_run(project, functions, [], {"PYTHONPATH": live_code(project).key}))


def _ask(project: Project, extra: Path | None) -> dict[str, Any]:
    return _run(project, Path(live_code(project).key), [extra] if extra else [], {})


def _run(
    project: Project, folder: Path, arguments: list[Path], variables: dict[str, str]
) -> dict[str, Any]:
    # -B: no folder of __pycache__ in the sources.
    command: list[Path | str] = [project.interpreter(RUNTIME), "-B", "-m", "messages.describe"]
    run = subprocess.run(
        [*command, *arguments],
        cwd=folder,
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
    )
    try:
        answer: dict[str, Any] = json.loads(run.stdout)
    except json.JSONDecodeError:
        raise MailroomError("the message types can't be read", run.stderr.strip()) from None
    return answer


def _described(answer: dict[str, Any]) -> Described:
    return Described(
        tuple(_type(one) for one in answer["types"]),
        tuple(
            Fault(f"functions/{one['file']}", one["line"], one["reason"])
            for one in answer["faults"]
        ),
    )


def _type(one: dict[str, Any]) -> MessageType:
    columns = tuple(
        Column(**{**column, "values": tuple(column["values"])}) for column in one["columns"]
    )
    table = one["settings"]["table"]
    return MessageType(
        one["name"],
        one["title"],
        table,
        columns,
        one["settings"],
        one["schema"],
        one["action"],
        tuple(one["migrations"]),
        tuple(one["samples"]),
    )


def types_digest(project: Project) -> str:
    """The digest of all that the description of a checkout's types depends on."""
    found = hashlib.sha256()
    for path in sorted(_inputs(project)):
        found.update(f"{path.relative_to(project.functions)}\0".encode())
        found.update(hashlib.sha256(path.read_bytes()).digest())
    return found.hexdigest()


def _inputs(project: Project) -> Iterator[Path]:
    yield project.functions / "requirements.txt"
    for folder in (FOLDER, "messages"):
        for path in (project.functions / folder).rglob("*"):
            if path.is_file() and "__pycache__" not in path.parts:
                yield path
