"""Connections to Postgres that outlive an invocation, and the patience to wait for one."""

import random
import time
from collections.abc import Callable, Iterator
from threading import Lock

import psycopg

from process_messages.sqlstate import Fault, describe, fault
from shared.context import Deadline
from shared.errors import CredentialsRefused, DatabaseMisconfigured, DatabaseUnavailable
from shared.logs import logger
from shared.secrets import Credentials

type Connection = psycopg.Connection[tuple[object, ...]]

_LONGEST_PAUSE_SECONDS = 2.0
_SECRET_LIVES_SECONDS = 1.0


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
        """Return what work makes of the slot's connection, repeated until Postgres can do it.

        Work must be one transaction. If its commit is not answered it is repeated, so what
        it does must have the same effect when it is done twice.

        Raises:
            DatabaseUnavailable: when it still can't at the deadline.
            CredentialsRefused: when the newest credentials are still refused at the deadline.
            DatabaseMisconfigured: when Postgres lacks a table or permission.
            psycopg.Error: when the data is at fault.
        """
        for pause in _pauses():
            try:
                result = work(self._connection(slot))
                self._unreachable = False
                return result
            except psycopg.Error as error:
                self._discard_broken(slot)
                if fault(error) is Fault.MESSAGE:
                    raise
                self._unreachable = True
                self._give_up_if_hopeless(error, deadline)
                logger.warning("database not ready", reason=describe(error))
            time.sleep(min(pause, deadline.remaining()))
        raise AssertionError("pauses never end")

    def wait_until_ready(self, slot: int, deadline: Deadline) -> None:
        """Return at once unless Postgres is known to be unreachable, else when it is back.

        Raises:
            DatabaseUnavailable: when it isn't back at the deadline.
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
            # They may have been rotated, or the database moved, since they were read.
            newest = self._newest_credentials()
            if newest == credentials:
                raise
            return connect(newest)

    def _cached_credentials(self) -> Credentials:
        return self._credentials or self._newest_credentials()

    def _newest_credentials(self) -> Credentials:
        with self._lock:
            age = time.monotonic() - self._read_at
            if self._credentials is None or age > _SECRET_LIVES_SECONDS:
                self._credentials = self._read_credentials()
                self._read_at = time.monotonic()
            return self._credentials

    def _discard_broken(self, slot: int) -> None:
        connection = self._connections.get(slot)
        if connection is not None and connection.broken:
            connection.close()
            del self._connections[slot]

    def _give_up_if_hopeless(self, error: psycopg.Error, deadline: Deadline) -> None:
        if fault(error) is Fault.SETUP:
            raise DatabaseMisconfigured(describe(error)) from error
        if deadline.passed():
            refused = "authentication failed" in str(error)
            raise (CredentialsRefused if refused else DatabaseUnavailable)(
                describe(error)
            ) from error


def connect(credentials: Credentials) -> Connection:
    """Open a connection in autocommit mode that notices within seconds when its peer is gone."""
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
        pause = min(_LONGEST_PAUSE_SECONDS, pause * 2)
