"""What became of the messages of a batch, type by type."""

from dataclasses import dataclass
from typing import Any

from mailroom.environments.environment import Environment
from mailroom.executions.execution import Execution, document


@dataclass(frozen=True)
class Outcome:
    """The messages of one type in one batch.

    Attributes:
        type: The message type.
        published: Number published; None while it isn't known.
        ingested: Number ingested.
        already_there: Number that was ingested by an earlier batch.
        dead: Number of dead letters.
    """

    type: str
    published: int | None
    ingested: int
    already_there: int
    dead: int


def outcomes(environment: Environment, execution: Execution) -> list[Outcome]:
    """What became of an execution's batch so far, a row for each type.

    The output of an execution that has succeeded says it. Otherwise the functions' answers say
    what was published, and the database what has settled; that of an account can't be asked.
    Another application has no batches.
    """
    if not environment.is_workflow:
        return []
    output = document(execution.output)
    if isinstance(output, dict) and isinstance(output.get("published"), dict):
        return of_output(output)
    if not environment.database:
        return []
    published = published_counts(execution)
    settled = _settled(environment.database, execution.name)
    return [
        Outcome(
            type_,
            published.get(type_),
            *(settled.get((type_, outcome), 0) for outcome in _OUTCOMES),
        )
        for type_ in sorted({*published, *(known for known, _ in settled)})
    ]


def of_output(output: dict[str, Any]) -> list[Outcome]:
    """What the output of an execution that has succeeded says."""
    return [
        Outcome(type_, count, row["ingested"], row["alreadyThere"], row["deadLettered"])
        for type_, count in sorted(output["published"].items())
        for row in [output[type_]]
    ]


_OUTCOMES = ("ingested", "already_there", "dead_lettered")


def published_counts(execution: Execution) -> dict[str, int]:
    """The number of messages of each type that were published; empty while it isn't known."""
    for step in execution.steps:
        output = document(step.output)
        if isinstance(output, dict) and isinstance(output.get("published"), dict):
            return dict(output["published"])
    return {}


def _settled(database: str, batch: str) -> dict[tuple[str, str], int]:
    import psycopg

    with psycopg.connect(database) as connection:
        rows = connection.execute(
            "SELECT type, outcome, count(*) FROM settlements WHERE batch_id = %s GROUP BY 1, 2",
            [batch],
        ).fetchall()
    return {(type_, outcome): count for type_, outcome, count in rows}
