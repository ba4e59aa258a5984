"""What an environment has of each message type: rows, and messages in queues."""

from dataclasses import dataclass

import psycopg
from psycopg import sql

from mailroom.environments.environment import Environment
from mailroom.types.described import MessageType
from mailroom.workflow.ingested import count_ingested
from mailroom.workflow.queues import queue_depth


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


def drop_table(environment: Environment, one: MessageType, migrations: list[str]) -> None:
    """Drop a type's table in a local environment, and forget that its migrations were applied."""
    with psycopg.connect(environment.database) as connection:
        connection.execute(sql.SQL("DROP TABLE IF EXISTS {}").format(sql.Identifier(one.table)))
        for table in ("_yoyo_migration", "migration_digests"):
            connection.execute(
                sql.SQL("DELETE FROM {} WHERE migration_id = ANY (%s)").format(
                    sql.Identifier(table)
                ),
                [migrations],
            )
