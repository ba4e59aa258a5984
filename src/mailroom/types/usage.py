"""What an environment has of each message type: rows, messages in queues, and tables."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

from mailroom.environments.environment import Environment
from mailroom.errors import Refused
from mailroom.project import Project
from mailroom.types.described import FOLDER, MessageType
from mailroom.wording import counted
from mailroom.workflow.ingested import count_ingested
from mailroom.workflow.queues import queue_depth

_COMMENTS = re.compile(r"--[^\n]*|/\*.*?\*/", re.DOTALL)
_CREATES_TABLE = re.compile(
    r"\bCREATE\s+(?:UNLOGGED\s+)?TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?(?:public\s*\.\s*)?"
    r'(?:"([^"]+)"|([\w$]+))',
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Usage:
    """What there is of one type.

    Attributes:
        queue: Logical name of its queue; None when it isn't deployed.
        rows: Its ingested messages.
        queued: Messages in its queue.
        dead: Messages in its dead-letter queue.
    """

    queue: str | None
    rows: int
    queued: int
    dead: int

    @property
    def is_empty(self) -> bool:
        """Whether there is no message of the type anywhere."""
        return not (self.rows or self.queued or self.dead)


def usage(environment: Environment, names: list[str]) -> dict[str, Usage]:
    """What a local environment has of each of the types, by name."""
    rows = count_ingested(environment.database)
    topology = environment.topology
    found = {}
    for name in names:
        queue = topology.queue_of_type(name)
        dead = next((d for d in topology.queues if queue and topology.source_of(d) == queue), None)
        found[name] = Usage(
            queue,
            rows.get(name, 0),
            queue_depth(environment, queue) if queue else 0,
            queue_depth(environment, dead) if dead else 0,
        )
    return found


def require_empty(found: Usage, name: str) -> None:
    """Check that there is no message of a type anywhere.

    Raises:
        Refused: There is.
    """
    if not found.is_empty:
        raise Refused(
            f"there are messages of type {name}: {counted(found.rows, 'row')},"
            f" {found.queued} in its queue, {counted(found.dead, 'dead letter')}",
            "redrive or purge the dead letters, and delete the rows:"
            f" DELETE FROM messages WHERE type = '{name}'",
        )


def tables_of(project: Project, one: MessageType, others: Sequence[MessageType]) -> list[str]:
    """The tables that only the migrations of a type make, in the order of their names.

    A table that a DO block makes by a text of its own isn't found.

    Args:
        project: The checkout.
        one: The type.
        others: All other types.

    Raises:
        Refused: Another type's action uses one of them.
    """
    folders = project.functions / FOLDER
    elsewhere = [project.migrations, *(folders / other.name / "migrations" for other in others)]
    found = _made_in(folders / one.name / "migrations") - set().union(*map(_made_in, elsewhere))
    for other in others:
        if used := sorted(found & {other.table, *other.settings["grants"]}):
            raise Refused(
                f"type {other.name} uses what the migrations of {one.name} make: {', '.join(used)}",
                f"move the migration to {FOLDER}/{other.name}/migrations or to infra/migrations",
            )
    return sorted(found)


@contextmanager
def dropped(environment: Environment, one: MessageType, tables: Sequence[str]) -> Iterator[None]:
    """Drop a type's tables in a local environment, and forget that its migrations were applied.

    All of it is undone if what is done within fails.

    Args:
        environment: The environment.
        one: The type.
        tables: What `tables_of` says of it.

    Raises:
        Refused: Other migrations make the type's table, or something else in the database depends
            on one of the tables.
    """
    if one.table not in tables:
        raise Refused(
            f"table {one.table} is not made by the type's migrations alone",
            "leave out --drop-table, and drop it by a migration in infra/migrations",
        )
    names = sql.SQL(", ").join(map(sql.Identifier, tables))
    with psycopg.connect(environment.database) as connection:
        try:
            connection.execute(sql.SQL("DROP TABLE IF EXISTS {}").format(names))
        except psycopg.errors.DependentObjectsStillExist as error:
            raise Refused(f"{error.diag.message_primary}: {error.diag.message_detail}") from None
        for table in ("_yoyo_migration", "migration_digests"):
            connection.execute(
                sql.SQL("DELETE FROM {} WHERE migration_id = ANY (%s)").format(
                    sql.Identifier(table)
                ),
                [list(one.migrations)],
            )
        yield


def _made_in(folder: Path) -> set[str]:
    """The tables that the migrations of a folder make."""
    texts = (_COMMENTS.sub(" ", file.read_text()) for file in folder.glob("*.sql"))
    return {
        quoted or plain.lower() for text in texts for quoted, plain in _CREATES_TABLE.findall(text)
    }
