"""Ingests a batch of messages in one transaction."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import psycopg

from messages.problems import Reason
from process_messages import statements
from process_messages.database import Connection
from process_messages.outcomes import ALREADY_THERE, INGESTED, Outcomes
from process_messages.reading import Entry, Letter, letter
from process_messages.sqlstate import Fault, describe, fault


@dataclass(frozen=True)
class Ingested:
    """What became of a batch of messages, once its transaction is committed."""

    letters: list[Letter]
    newly_settled: Counter[str] = field(default_factory=Counter)


class Ingestion:
    """Ingests messages from one queue into its type's tables."""

    def __init__(self, kind: str, queue: str) -> None:
        self._kind = kind
        self._queue = queue

    def ingest(
        self, connection: Connection, entries: list[Entry], letters: list[Letter]
    ) -> Ingested:
        """Store entries and letters, all or nothing, and return what became of them.

        An event that is there already is left as it is; one with its source and id and other
        content becomes a letter, and so does an entry whose data makes a statement fail.

        Raises:
            psycopg.Error: when nothing was stored.
        """
        try:
            with connection.transaction():
                return self._settle(connection, self._store(connection, entries), letters)
        except psycopg.Error as error:
            if fault(error) is not Fault.MESSAGE or connection.broken:
                raise
        with connection.transaction():
            return self._settle(connection, self._store_singly(connection, entries), letters)

    def _store(self, connection: Connection, entries: list[Entry]) -> Outcomes:
        first: dict[tuple[str, str], Entry] = {}
        for entry in entries:
            first.setdefault(entry.key, entry)
        inserted = self._insert(connection, list(first.values()))
        outcomes = Outcomes([(first[key], INGESTED) for key in inserted])
        rest = [
            entry for entry in entries if entry.key not in inserted or entry is not first[entry.key]
        ]
        if rest:
            self._compare(connection, rest, outcomes)
        return outcomes

    def _store_singly(self, connection: Connection, entries: list[Entry]) -> Outcomes:
        outcomes = Outcomes()
        for entry in entries:
            try:
                with connection.transaction():
                    stored = self._store(connection, [entry])
            except psycopg.Error as error:
                if fault(error) is not Fault.MESSAGE or connection.broken:
                    raise
                outcomes.letters.append(letter(entry, Reason.UNSTORABLE, describe(error)))
            else:
                outcomes.add(stored)
        return outcomes

    def _insert(self, connection: Connection, entries: list[Entry]) -> set[tuple[str, str]]:
        if not entries:
            return set()
        rows: Any = connection.execute(
            statements.INSERT[self._kind],
            {
                "type": self._kind,
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
                outcomes.letters.append(letter(entry, Reason.CONFLICTING_DUPLICATE, detail))

    def _settle(
        self, connection: Connection, outcomes: Outcomes, letters: list[Letter]
    ) -> Ingested:
        outcomes.add(Outcomes(letters=letters))
        if outcomes.letters:
            self._bury(connection, outcomes.letters)
        rows = outcomes.settlements()
        settled = connection.execute(
            statements.SETTLE,
            {
                "type": self._kind,
                "batch_id": [row.batch_id for row in rows],
                "source": [row.source for row in rows],
                "id": [row.id for row in rows],
                "digest": [row.digest for row in rows],
                "outcome": [row.outcome for row in rows],
                "resolved": [entry.received.body_digest() for entry, _ in outcomes.done],
            },
        )
        return Ingested(outcomes.letters, Counter(str(batch_id) for (batch_id,) in settled))

    def _bury(self, connection: Connection, letters: list[Letter]) -> None:
        received = [one.received for one in letters]
        connection.execute(
            statements.BURY,
            {
                "queue": self._queue,
                "message_id": [one.message_id for one in received],
                "batch_id": [one.batch_id for one in received],
                "type": [one.type for one in letters],
                "source": [one.source for one in letters],
                "event_id": [one.event_id for one in letters],
                "reason": [str(one.reason) for one in letters],
                "detail": [one.detail for one in letters],
                "body": [one.raw() for one in received],
                "body_digest": [one.body_digest() for one in received],
                "attributes": [one.attributes_json() for one in received],
            },
        )
