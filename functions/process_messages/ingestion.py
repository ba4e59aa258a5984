"""Ingests a batch of messages in one transaction."""

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
from psycopg import errors, sql

from messages.actions import ActionMessage, Later, Reject
from messages.problems import Reason
from messages.transaction_control import ends_transaction
from messages.types import Action, MessageType, line_in
from process_messages import statements
from process_messages.database import Connection, Fault, describe, fault
from process_messages.dead_letters import DeadLetter
from process_messages.reading import ALREADY_THERE, INGESTED, Entry, Outcomes, dead_letter
from process_messages.received import Received
from shared.errors import ActionEndedTransaction, ActionOverTime
from shared.logs import logger


class _EndsTransaction(Exception):
    """Raised before a statement is sent that would end the transaction."""


class _ActionCursor(psycopg.Cursor[Any]):
    """The cursor of an action: what was written before must not be committed without the rest."""

    def execute(self, query: Any, *arguments: Any, **options: Any) -> Any:
        """Execute a statement, unless it ends the transaction."""
        text = query.as_string(self) if isinstance(query, sql.Composable) else query
        text = text.decode(errors="replace") if isinstance(text, bytes) else str(text)
        if ends := ends_transaction(text):
            raise _EndsTransaction(ends)
        return super().execute(query, *arguments, **options)


@dataclass(frozen=True)
class Ingested:
    """The dead letters of a transaction, and how many messages it settled of each batch.

    `later` are the messages that it left for another delivery, `stored` those with a new row.
    """

    dead_letters: list[DeadLetter]
    newly_settled: Counter[str] = field(default_factory=Counter)
    later: list[Received] = field(default_factory=list)
    stored: list[Received] = field(default_factory=list)


class Ingestion:
    """Ingests messages from one queue into its type's tables."""

    def __init__(self, message_type: MessageType, queue: str) -> None:
        self._message_type = message_type
        self._queue = queue
        self._act = message_type.action()

    def ingest(
        self, connection: Connection, entries: list[Entry], dead_letters: list[DeadLetter]
    ) -> Ingested:
        """Insert entries and record dead letters, all in one transaction or none.

        An event that was ingested before stays unchanged. An entry with the same source and id
        and other content becomes a dead letter, and so does one whose data makes a statement fail,
        or that the type's action rejects.

        Raises:
            psycopg.Error: when the transaction failed, and nothing was stored.
            ActionEndedTransaction: when the type's action would end the transaction.
            ActionOverTime: when Postgres has ended a statement of the action, or its session.
        """
        try:
            with connection.transaction():
                return self._settle(connection, self._store(connection, entries), dead_letters)
        except psycopg.Error as error:
            if not _is_of_data(connection, error):
                raise
        except (Reject, Later):
            pass
        with connection.transaction():
            return self._settle(connection, self._store_apart(connection, entries), dead_letters)

    def _store(self, connection: Connection, entries: list[Entry]) -> Outcomes:
        first: dict[tuple[str, str], Entry] = {}
        for entry in entries:
            first.setdefault(entry.key, entry)
        inserted = self._insert(connection, list(first.values()))
        if self._act and inserted:
            self._run(self._act, connection, [first[key] for key in first if key in inserted])
        outcomes = Outcomes([(first[key], INGESTED) for key in inserted])
        rest = [
            entry for entry in entries if entry.key not in inserted or entry is not first[entry.key]
        ]
        if rest:
            self._compare(connection, rest, outcomes)
        return outcomes

    def _store_apart(self, connection: Connection, entries: list[Entry]) -> Outcomes:
        """Store what can be stored: what fails is halved until each bad message is alone."""
        outcomes, parts = Outcomes(), [entries]
        while parts:
            part = parts.pop()
            try:
                with connection.transaction():
                    stored = self._store(connection, part)
                outcomes.add(stored)
            except (psycopg.Error, Reject, Later) as error:
                if isinstance(error, psycopg.Error) and not _is_of_data(connection, error):
                    raise
                if half := len(part) // 2:
                    # In their order: of two contents for one id the first is stored.
                    parts += [part[half:], part[:half]]
                else:
                    _give_up(part[0], error, outcomes)
        return outcomes

    @staticmethod
    def _run(act: Action, connection: Connection, entries: list[Entry]) -> None:
        messages = [
            ActionMessage(
                entry.event.source,
                entry.event.id,
                entry.time,
                entry.event.subject,
                entry.received.batch_id,
                entry.event.data,
            )
            for entry in entries
        ]
        cursors, connection.cursor_factory = connection.cursor_factory, _ActionCursor
        try:
            # A savepoint, which is gone if the action ends the transaction all the same.
            with connection.transaction():
                act(connection, messages)
        except (
            _EndsTransaction,
            errors.InvalidSavepointSpecification,
            errors.NoActiveSqlTransaction,
        ) as error:
            reason = f"{_named(act, entries, error)} may not end the transaction: {error}"
            raise ActionEndedTransaction(reason) from error
        except (errors.QueryCanceled, errors.IdleInTransactionSessionTimeout) as error:
            reason = f"{_named(act, entries, error)} ran over its time: {describe(error)}"
            raise ActionOverTime(reason) from error
        finally:
            connection.cursor_factory = cursors

    def _insert(self, connection: Connection, entries: list[Entry]) -> set[tuple[str, str]]:
        if not entries:
            return set()
        rows: Any = connection.execute(
            statements.insert(self._message_type),
            {
                "type": self._message_type.name,
                "source": [entry.event.source for entry in entries],
                "id": [entry.event.id for entry in entries],
                "batch_id": [entry.received.batch_id for entry in entries],
                "digest": [entry.digest for entry in entries],
                "time": [entry.time for entry in entries],
                "event": [entry.text for entry in entries],
            },
        )
        return set(rows)

    def _compare(self, connection: Connection, entries: list[Entry], outcomes: Outcomes) -> None:
        rows = connection.execute(
            statements.EXISTING,
            {
                "source": [entry.event.source for entry in entries],
                "id": [entry.event.id for entry in entries],
            },
        )
        digests = {(source, id_): digest for source, id_, digest in rows}
        for entry in entries:
            if digests.get(entry.key) == entry.digest:
                outcomes.done.append((entry, ALREADY_THERE))
            else:
                detail = "source and id are those of an ingested event with other content"
                outcomes.dead_letters.append(
                    dead_letter(entry, Reason.CONFLICTING_DUPLICATE, detail)
                )

    def _settle(
        self, connection: Connection, outcomes: Outcomes, dead_letters: list[DeadLetter]
    ) -> Ingested:
        outcomes.add(Outcomes(dead_letters=dead_letters))
        if outcomes.dead_letters:
            self._record(connection, outcomes.dead_letters)
        rows = outcomes.settlements()
        settled = connection.execute(
            statements.SETTLE,
            {
                "type": self._message_type.name,
                "batch_id": [row.batch_id for row in rows],
                "source": [row.source for row in rows],
                "id": [row.id for row in rows],
                "digest": [row.digest for row in rows],
                "outcome": [row.outcome for row in rows],
                "resolved": [entry.received.body_digest() for entry, _ in outcomes.done],
            },
        )
        newly_settled = Counter(str(batch_id) for (batch_id,) in settled)
        later = [entry.received for entry in outcomes.later]
        stored = [entry.received for entry, outcome in outcomes.done if outcome == INGESTED]
        return Ingested(outcomes.dead_letters, newly_settled, later, stored)

    def _record(self, connection: Connection, dead_letters: list[DeadLetter]) -> None:
        received = [one.received for one in dead_letters]
        connection.execute(
            statements.RECORD_DEAD_LETTERS,
            {
                "queue": self._queue,
                "message_id": [one.message_id for one in received],
                "batch_id": [one.batch_id for one in received],
                "type": [one.type for one in dead_letters],
                "source": [one.source for one in dead_letters],
                "event_id": [one.event_id for one in dead_letters],
                "reason": [str(one.reason) for one in dead_letters],
                "detail": [one.detail for one in dead_letters],
                "body": [one.raw() for one in received],
                "body_digest": [one.body_digest() for one in received],
                "attributes": [one.attributes_json() for one in received],
            },
        )


def _named(act: Action, entries: list[Entry], error: Exception) -> str:
    file = Path(act.__code__.co_filename)
    line = line_in(file, error) or act.__code__.co_firstlineno
    shown = "/".join(file.parts[-3:])
    return f"the action of type {entries[0].event.type} ({shown}:{line})"


def _is_of_data(connection: Connection, error: psycopg.Error) -> bool:
    return fault(error) is Fault.BAD_MESSAGE and not connection.broken


def _give_up(entry: Entry, error: psycopg.Error | Reject | Later, outcomes: Outcomes) -> None:
    if isinstance(error, Later):
        logger.info("later", id=entry.event.id, reason=str(error))
        outcomes.later.append(entry)
    elif isinstance(error, Reject):
        outcomes.dead_letters.append(dead_letter(entry, Reason.REJECTED, str(error)))
    else:
        outcomes.dead_letters.append(dead_letter(entry, Reason.UNSTORABLE, describe(error)))
