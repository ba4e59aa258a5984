"""Reads executions for the console: what has ended is read once."""

import json
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any, Generic, TypeVar

import psycopg

from mailroom.aws.resources import list_resources
from mailroom.environments.environment import Environment
from mailroom.errors import NotUp, Refused
from mailroom.executions.execution import Attempt, Execution
from mailroom.executions.history import (
    execution_arn,
    find_execution,
    list_executions,
    read_execution,
)
from mailroom.executions.invocation_logs import InvocationLogs
from mailroom.logs.events import LogEvent
from mailroom.workflow.outcomes import Outcome, outcomes

_MACHINE = "AWS::StepFunctions::StateMachine"
_KEPT = 64


Key = TypeVar("Key")
Value = TypeVar("Value")


class Remembered(Generic[Key, Value]):
    """The last values that were read, by key. Threads share it."""

    def __init__(self, most: int = _KEPT) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._values: OrderedDict[Key, Value] = OrderedDict()

    def get(
        self, key: Key, read: Callable[[], Value], final: Callable[[Value], bool] = lambda _: True
    ) -> Value:
        """A value; it is kept only if it is final."""
        with self._lock:
            if key in self._values:
                self._values.move_to_end(key)
                return self._values[key]
        value = read()
        if final(value):
            with self._lock:
                self._values[key] = value
                while len(self._values) > self._most:
                    self._values.popitem(last=False)
        return value


_machines: Remembered[Environment, dict[str, str]] = Remembered(2)
_executions: Remembered[str, Execution] = Remembered()
_definitions: Remembered[str, dict[str, Any]] = Remembered()
_logs: Remembered[tuple[str, str], list[LogEvent]] = Remembered()


def machines(environment: Environment) -> dict[str, str]:
    """ARNs of the stack's state machines by their logical ids; one environment is one deployment.

    Raises:
        NotUp: The stack is not deployed.
    """

    def listed() -> dict[str, str]:
        resources = list_resources(environment.session, environment.stack)
        if not resources:
            raise NotUp
        return {one.logical_id: one.id for one in resources if one.type == _MACHINE}

    return _machines.get(environment, listed)


def newest(environment: Environment, limit: int) -> list[Execution]:
    """The newest executions of all of the stack's state machines, without their steps."""
    found = [
        execution
        for arn in machines(environment).values()
        for execution in list_executions(environment.session, arn, limit=limit)
    ]
    return sorted(found, key=lambda one: one.started, reverse=True)[:limit]


def read(environment: Environment, name: str) -> Execution:
    """The execution with a name, the beginning of one, or `latest`.

    Raises:
        Refused: There is none, or several are.
        NotUp: The stack is not deployed.
    """
    problem = Refused("the stack has no state machine")
    for machine in machines(environment).values():
        # Its ARN if this is the whole name: then no list has to be read.
        with suppress(Refused):
            return _read(environment, execution_arn(machine, name))
        try:
            return _read(environment, find_execution(environment.session, machine, name))
        except Refused as refused:
            problem = refused
    raise problem


def _read(environment: Environment, arn: str) -> Execution:
    return _executions.get(
        arn, lambda: read_execution(environment.session, arn), lambda one: not one.running
    )


def definition(environment: Environment, execution: Execution) -> dict[str, Any]:
    """The definition that an execution runs, which may be an older one than what is deployed."""

    def described() -> dict[str, Any]:
        client = environment.session.client("stepfunctions")
        found = client.describe_state_machine_for_execution(executionArn=execution.arn)
        document: dict[str, Any] = json.loads(found["definition"])
        return document

    return _definitions.get(execution.arn, described)


def log_of(environment: Environment, attempt: Attempt) -> list[LogEvent]:
    """What a function logged in an attempt."""
    key = (attempt.function or "", attempt.request_id or "")
    logs = InvocationLogs(environment.session)
    return _logs.get(key, lambda: logs.of(attempt), _is_whole)


def _is_whole(events: list[LogEvent]) -> bool:
    return any(event.message.startswith("REPORT ") for event in events)


def counts(environment: Environment, execution: Execution) -> list[Outcome]:
    """What became of an execution's messages by type; none if the database doesn't answer."""
    try:
        return outcomes(environment, execution)
    except psycopg.OperationalError:
        return []


def settled(database: str, batches: Iterable[str]) -> dict[str, list[dict[str, Any]]]:
    """How many messages of each batch have settled, by type, and how many died."""
    found: dict[str, list[dict[str, Any]]] = {}
    with psycopg.connect(database, connect_timeout=3) as connection:
        rows = connection.execute(
            """
            SELECT batch_id, type, sum(ingested + already_there + dead_lettered)::bigint,
                   sum(dead_lettered)::bigint
            FROM batch_progress WHERE batch_id = ANY(%s) GROUP BY 1, 2 ORDER BY 2
            """,
            [list(batches)],
        )
        for batch, type_, count, dead in rows:
            found.setdefault(batch, []).append({"type": type_, "settled": count, "dead": dead})
    return found


def dead_letters(database: str, batch: str, limit: int) -> list[dict[str, Any]]:
    """The dead letters of a batch that the functions have recorded, with why."""
    with psycopg.connect(database, connect_timeout=3) as connection:
        rows = connection.execute(
            """
            SELECT queue, message_id, type, source, event_id, reason, detail, received_at,
                   resolved_at
            FROM dead_letters WHERE batch_id = %s ORDER BY received_at LIMIT %s
            """,
            [batch, limit],
        )
        names = [column.name for column in rows.description or ()]
        return [dict(zip(names, row, strict=True)) for row in rows]
