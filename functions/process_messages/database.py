"""Connections to Postgres that outlive an invocation, retries, and what Postgres' errors mean.

https://www.postgresql.org/docs/current/errcodes-appendix.html
"""

import random
import re
import time
from collections.abc import Callable, Iterator
from enum import Enum
from threading import Lock

import psycopg

from shared.context import Deadline
from shared.errors import CredentialsRefused, DatabaseMisconfigured, DatabaseUnavailable
from shared.logs import logger
from shared.secrets import Credentials

type Connection = psycopg.Connection[tuple[object, ...]]

_MAX_PAUSE_SECONDS = 2.0
_SECRET_CACHE_SECONDS = 1.0
# Data exceptions, constraint violations, view check options, program limits, errors of triggers.
_BAD_MESSAGE = ("22", "23", "44", "54", "P0")
# Missing tables, columns, schemas, databases, permissions.
_MISCONFIGURED = ("42", "3D", "3F", "0L", "0P")
# A refused connection carries no SQLSTATE.
_NO_DATABASE = re.compile(r'FATAL: +database ".*" does not exist')


class Fault(Enum):
    """The cause of an error: a condition that may pass, the message's data, the configuration."""

    TRANSIENT = "transient"
    BAD_MESSAGE = "bad message"
    MISCONFIGURED = "misconfigured"


class Database:
    """One connection per slot; a slot belongs to one thread at a time."""

    def __init__(self, read_credentials: Callable[[], Credentials]) -> None:
        self._read_credentials = read_credentials
        self._connections: dict[int, Connection] = {}
        self._credentials: Credentials | None = None
        self._read_at = 0.0
        self._lock = Lock()
        self._unreachable = False

    def run[T](self, slot: int, deadline: Deadline, work: Callable[[Connection], T]) -> T:
        """Call `work` with the slot's connection, and retry it while its error is transient.

        Work must be one idempotent transaction: it is repeated when the answer to its commit
        is lost.

        Raises:
            DatabaseUnavailable: when the error is transient, until the deadline.
            CredentialsRefused: when Postgres refuses the current credentials until the deadline.
            DatabaseMisconfigured: when Postgres lacks a table or permission.
            psycopg.Error: when the message's data causes the error.
        """
        for pause in _pauses():
            try:
                result = work(self._connection(slot))
                self._unreachable = False
                return result
            except psycopg.Error as error:
                self._discard_broken(slot)
                if fault(error) is Fault.BAD_MESSAGE:
                    raise
                self._unreachable = True
                self._raise_unless_retryable(error, deadline)
                logger.warning("database not ready", reason=describe(error))
            time.sleep(min(pause, deadline.remaining()))
        raise AssertionError("pauses never end")

    def wait_until_ready(self, slot: int, deadline: Deadline) -> None:
        """Return once the slot has a connection and the last call found Postgres reachable.

        Raises:
            DatabaseUnavailable: when Postgres can't be reached until the deadline.
        """
        if self._unreachable or slot not in self._connections:
            self.run(slot, deadline, lambda connection: connection.execute("SELECT"))

    def _connection(self, slot: int) -> Connection:
        known = self._connections.get(slot)
        if known is not None and not known.closed:
            return known
        connection = self._connect()
        self._connections[slot] = connection
        return connection

    def _connect(self) -> Connection:
        credentials = self._cached_credentials()
        try:
            return connect(credentials)
        except psycopg.OperationalError:
            # The secret may have been rotated, or the database moved, since it was read.
            newest = self._newest_credentials()
            if newest == credentials:
                raise
            return connect(newest)

    def _cached_credentials(self) -> Credentials:
        return self._credentials or self._newest_credentials()

    def _newest_credentials(self) -> Credentials:
        with self._lock:
            age = time.monotonic() - self._read_at
            if self._credentials is None or age > _SECRET_CACHE_SECONDS:
                self._credentials = self._read_credentials()
                self._read_at = time.monotonic()
            return self._credentials

    def _discard_broken(self, slot: int) -> None:
        connection = self._connections.get(slot)
        if connection is not None and connection.broken:
            connection.close()
            del self._connections[slot]

    def _raise_unless_retryable(self, error: psycopg.Error, deadline: Deadline) -> None:
        if fault(error) is Fault.MISCONFIGURED:
            raise DatabaseMisconfigured(describe(error)) from error
        if deadline.passed():
            refused = "authentication failed" in str(error)
            raise (CredentialsRefused if refused else DatabaseUnavailable)(
                describe(error)
            ) from error


def connect(credentials: Credentials) -> Connection:
    """Open a connection in autocommit mode that detects a lost peer within seconds."""
    return psycopg.connect(
        **credentials.login(),
        application_name="mailroom",
        autocommit=True,
        connect_timeout=3,
        keepalives_idle=5,
        keepalives_interval=2,
        keepalives_count=3,
        tcp_user_timeout=10_000,
    )


def _pauses() -> Iterator[float]:
    pause = 0.05
    while True:
        yield random.uniform(pause / 2, pause)
        pause = min(_MAX_PAUSE_SECONDS, pause * 2)


def fault(error: psycopg.Error) -> Fault:
    """Return an error's cause; an unknown SQLSTATE is transient, so that no message is lost."""
    state = error.sqlstate
    if state is None and _NO_DATABASE.search(str(error)):
        return Fault.MISCONFIGURED
    if state is None and isinstance(error, psycopg.DataError):
        return Fault.BAD_MESSAGE
    if state is None:
        programming = isinstance(error, psycopg.ProgrammingError)
        return Fault.MISCONFIGURED if programming else Fault.TRANSIENT
    if state.startswith(_BAD_MESSAGE):
        return Fault.BAD_MESSAGE
    return Fault.MISCONFIGURED if state.startswith(_MISCONFIGURED) else Fault.TRANSIENT


def describe(error: psycopg.Error) -> str:
    """Return Postgres' message without the statement's parameters."""
    primary = error.diag.message_primary or str(error).strip().partition("\n")[0]
    return f"{error.sqlstate}: {primary}" if error.sqlstate else primary
