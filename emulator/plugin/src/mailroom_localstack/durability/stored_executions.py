"""Executions as rows, and the histories of those that have ended."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from mailroom_localstack.durability.store import Statement, Store

SELECT = "SELECT content FROM executions WHERE machine = ? ORDER BY rowid"
INSERT = (
    "INSERT INTO executions VALUES (?, ?, ?)"
    " ON CONFLICT (arn) DO UPDATE SET content = excluded.content"
)
DELETE = "DELETE FROM executions WHERE arn = ?"
SELECT_HISTORY = "SELECT events FROM histories WHERE arn = ?"
INSERT_HISTORY = "INSERT OR REPLACE INTO histories VALUES (?, ?)"
DELETE_HISTORY = "DELETE FROM histories WHERE arn = ?"
# How an execution ends that ran when LocalStack ended.
ENDED_WITH_ENGINE = {
    "exec_status": "ABORTED",
    "error": "Mailroom.EngineEnded",
    "cause": "the engine ended while the execution ran",
}


class Executions:
    """The executions of a store."""

    def __init__(self, store: Store) -> None:
        """Keep them in a store."""
        self._store = store

    def keep(self, arn: str, machine: str, content: dict[str, Any]) -> None:
        """Store an execution as it is now.

        Args:
            arn: its ARN.
            machine: ARN of its state machine.
            content: what JSON can represent, and times. `stop_date` says that it has ended.
        """
        row = (arn, machine, json.dumps(content, default=_text))
        self._store.change(self, {("execution", arn): (INSERT, row)})

    def keep_history(self, arn: str, events: list[dict[str, Any]]) -> None:
        """Store the history of an execution that has ended."""
        row = (arn, json.dumps(events, default=_text))
        self._store.change(self, {("history", arn): (INSERT_HISTORY, row)})

    def forget(self, arn: str) -> None:
        """Forget an execution."""
        for kind, statement in (("execution", DELETE), ("history", DELETE_HISTORY)):
            self._store.change(self, {(kind, arn): (statement, (arn,))}, urgent=False)

    def of(self, machine: str) -> list[dict[str, Any]]:
        """The executions of a state machine, the oldest first.

        Those that had not ended are ABORTED, now or when that was first found.
        """
        found = [json.loads(content) for (content,) in self._store.read(SELECT, (machine,))]
        for one in found:
            if "stop_date" not in one:
                one |= {**ENDED_WITH_ENGINE, "stop_date": datetime.now(UTC).isoformat()}
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
