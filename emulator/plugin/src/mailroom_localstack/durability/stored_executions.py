"""Executions that run, as rows: those that LocalStack's end has ended are known by them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from mailroom_localstack.durability.store import Statement, Store

SELECT = "SELECT content FROM executions WHERE machine = ? ORDER BY rowid"
INSERT = "INSERT OR REPLACE INTO executions VALUES (?, ?, ?)"
DELETE = "DELETE FROM executions WHERE arn = ?"


class Executions:
    """The executions of a store."""

    def __init__(self, store: Store) -> None:
        """Keep them in a store."""
        self._store = store

    def keep(self, arn: str, machine: str, content: dict[str, Any]) -> None:
        """Store an execution that has begun, or the moment at which it was found to be ended.

        Args:
            arn: its ARN.
            machine: ARN of its state machine.
            content: what JSON can represent, and times.
        """
        row = (arn, machine, json.dumps(content, default=datetime.isoformat))
        self._store.change(self, {("execution", arn): (INSERT, row)})

    def forget(self, arn: str) -> None:
        """Forget an execution that has ended."""
        self._store.change(self, {("execution", arn): (DELETE, (arn,))}, urgent=False)

    def of(self, machine: str) -> list[dict[str, Any]]:
        """The executions of a state machine that LocalStack's end has ended, the oldest first.

        Their `stop_date` is now, or when they were first found.
        """
        found = [json.loads(content) for (content,) in self._store.read(SELECT, (machine,))]
        for one in found:
            if "stop_date" not in one:
                one["stop_date"] = datetime.now(UTC).isoformat()
                self.keep(one["exec_arn"], machine, one)
            one["stop_date"] = datetime.fromisoformat(one["stop_date"])
            one["start_date"] = datetime.fromisoformat(one["start_date"])
        return found

    def statements(self, changed: Iterable[Statement]) -> Iterable[Statement]:
        """What writes executions."""
        return changed

    def committed(self) -> None:
        """Nothing follows."""
