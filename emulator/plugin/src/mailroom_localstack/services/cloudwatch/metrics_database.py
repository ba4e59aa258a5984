"""The database in which CloudWatch has its metrics."""

from __future__ import annotations

import functools
import sqlite3
from types import SimpleNamespace
from typing import Any

from mailroom_localstack.patches import replacement


class ClosingConnection(sqlite3.Connection):
    """A connection that is closed at the end of its `with`, which otherwise only commits."""

    def __exit__(self, *error: Any) -> Any:
        """Commit or roll back, and close."""
        try:
            return super().__exit__(*error)
        finally:
            self.close()


@replacement("localstack.services.cloudwatch.cloudwatch_database_helper:sqlite3")
def close_connections(original: Any) -> Any:
    """Close each connection to the database of metrics after its use.

    LocalStack: leaves it to Python's collector of garbage. An engine that has little to do collects
    none, and after a thousand evaluations of alarms it has no file left and accepts no connection.

    Why: alarms are evaluated for as long as an environment is up.

    Test: tests/integration/test_open_files.py
    test_no_connection_to_the_metrics_stays_open
    """
    connect = functools.partial(original.connect, factory=ClosingConnection)
    return SimpleNamespace(connect=connect)
