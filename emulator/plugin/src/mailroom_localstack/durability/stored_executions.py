"""Executions as rows, and the histories of those that have ended."""

from __future__ import annotations

import json
from collections.abc import Container, Hashable, Iterable
from datetime import UTC, datetime
from typing import Any

from mailroom_localstack.durability.store import Statement, Store

SELECT = "SELECT arn, content FROM executions WHERE machine = ? ORDER BY rowid"
INSERT = (
    "INSERT INTO executions VALUES (?, ?, ?)"
    " ON CONFLICT (arn) DO UPDATE SET content = excluded.content"
)
DELETE = "DELETE FROM executions WHERE arn = ?"
SELECT_HISTORY = "SELECT events FROM histories WHERE arn = ?"
INSERT_HISTORY = "INSERT OR REPLACE INTO histories VALUES (?, ?)"
DELETE_HISTORY = "DELETE FROM histories WHERE arn = ?"
# Of state machines that are not made again.
DELETE_OLD = (
    "DELETE FROM executions WHERE rowid NOT IN"
    " (SELECT rowid FROM executions ORDER BY rowid DESC LIMIT ?)"
)
DELETE_OLD_HISTORIES = "DELETE FROM histories WHERE arn NOT IN (SELECT arn FROM executions)"
# How many executions that have ended are remembered, for each account and region.
MOST = 1_000
# How an execution ends that ran when LocalStack ended.
ENDED_WITH_ENGINE = {
    "exec_status": "ABORTED",
    "error": "Mailroom.EngineEnded",
    "cause": "the engine ended while the execution ran",
}


class Executions:
    """The executions of a store."""

    def __init__(self, store: Store) -> None:
        """Keep them in a store, and forget all but the newest thousand of those that are there."""
        self._store = store
        old: dict[Hashable, Statement] = {
            "old": (DELETE_OLD, (MOST,)),
            "old histories": (DELETE_OLD_HISTORIES, ()),
        }
        store.change(self, old)

    def keep(
        self,
        arn: str,
        machine: str,
        content: dict[str, Any],
        history: list[dict[str, Any]] | None = None,
    ) -> None:
        """Store an execution as it is now.

        Args:
            arn: its ARN.
            machine: ARN of its state machine.
            content: what JSON can represent, and times. `exec_status` says that it has ended.
            history: its events, when it has ended.
        """
        row = (arn, machine, json.dumps(content, default=_text))
        changes: dict[Hashable, Statement] = {("execution", arn): (INSERT, row)}
        if history is not None:
            events = json.dumps(history, default=_text)
            changes["history", arn] = INSERT_HISTORY, (arn, events)
        self._store.change(self, changes)

    def forget(self, arn: str) -> None:
        """Forget an execution."""
        changes: dict[Hashable, Statement] = {
            ("execution", arn): (DELETE, (arn,)),
            ("history", arn): (DELETE_HISTORY, (arn,)),
        }
        self._store.change(self, changes, urgent=False)

    def of(self, machine: str, known: Container[str]) -> list[dict[str, Any]]:
        """The executions of a state machine that this LocalStack doesn't know, the oldest first.

        Those that had not ended are ABORTED, now or when that was first found.

        Args:
            machine: its ARN.
            known: ARNs of executions.
        """
        rows = self._store.read(SELECT, (machine,))
        found = [json.loads(content) for arn, content in rows if arn not in known]
        for one in found:
            if "exec_status" not in one:
                one |= {"stop_date": datetime.now(UTC).isoformat(), **one, **ENDED_WITH_ENGINE}
                self.keep(one["exec_arn"], machine, one)
            one["stop_date"] = datetime.fromisoformat(one["stop_date"])
            one["start_date"] = datetime.fromisoformat(one["start_date"])
        return found

    def history(self, arn: str) -> list[dict[str, Any]] | None:
        """The history of an execution; None if it ended with LocalStack."""
        found = [json.loads(events) for (events,) in self._store.read(SELECT_HISTORY, (arn,))]
        for one in found[0] if found else ():
            one["timestamp"] = datetime.fromisoformat(one["timestamp"])
        return found[0] if found else None

    def statements(self, changed: Iterable[Statement]) -> Iterable[Statement]:
        """What writes executions."""
        return changed

    def committed(self) -> None:
        """Nothing follows."""


def _text(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
