"""A running load on one stack, watched by a checker."""

import json
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import cached_property
from itertools import chain, cycle, islice
from typing import Any, LiteralString

import psycopg
from psycopg import sql

from mailroom.dead_letters.consumption import consume
from mailroom.project import Project
from mailroom.types.described import read_types
from mailroom.workflow.queues import peek
from tests.faults.checker import Checker, Verdict, as_bodies
from tests.support.flow import Ended, Event, Flow, until

LOAD = 500
_ROWS = sql.SQL("SELECT event::text, {} FROM messages AS m WHERE source = %s")
_TYPED_ROWS = sql.SQL("(SELECT count(*) FROM {} AS t WHERE (t.source, t.id) = (m.source, m.id))")
# What both say is of one transaction, so they are equal at any time.
_MISCOUNTED = """
WITH mine AS (SELECT DISTINCT batch_id FROM settlements WHERE source = %s)
SELECT DISTINCT batch_id FROM (
    SELECT batch_id, type, sum(ingested) AS ingested, sum(already_there) AS there,
           sum(dead_lettered) AS dead
    FROM batch_progress JOIN mine USING (batch_id) GROUP BY 1, 2
) AS counted FULL JOIN (
    SELECT batch_id, type, count(*) FILTER (WHERE outcome = 'ingested') AS ingested,
           count(*) FILTER (WHERE outcome = 'already_there') AS there,
           count(*) FILTER (WHERE outcome = 'dead_lettered') AS dead
    FROM settlements JOIN mine USING (batch_id) GROUP BY 1, 2
) AS rows USING (batch_id, type)
WHERE (counted.ingested, counted.there, counted.dead)
      IS DISTINCT FROM (rows.ingested, rows.there, rows.dead)
"""


class Run:
    """Sends events that only this run sends, and accounts for each at the end."""

    def __init__(self, flow: Flow, before: "Run | None" = None) -> None:
        """Begin a load, or go on with an earlier one in another engine."""
        self.flow = flow
        self.checker: Checker = before.checker if before else Checker()
        self.batch: str = before.batch if before else f"faults-{uuid.uuid4()}"
        self.source = f"https://example.com/{self.batch}"
        self.types = read_types(Project.find())
        self._executions: dict[str, list[str]] = {}
        self._uploaded: dict[str, Event] = {}

    @cached_property
    def queues(self) -> dict[str, str]:
        """The logical name of each type's queue."""
        topology = self.flow.environment.topology
        found = {one.name: topology.queue_of_type(one.name) for one in self.types}
        return {name: queue for name, queue in found.items() if queue}

    def events(self, count: int = LOAD) -> list[Event]:
        """Samples of all types in turn, all of this run."""
        each = zip(*(cycle(one.samples) for one in self.types), strict=True)
        samples = islice(chain.from_iterable(each), count)
        return [{**one, "id": str(uuid.uuid4()), "source": self.source} for one in samples]

    def shorten_visibility(self) -> None:
        """What a killed function has received comes back in seconds, not in six minutes."""
        environment = self.flow.environment
        for queue in self.queues.values():
            environment.session.client("sqs").set_queue_attributes(
                QueueUrl=environment.topology.queue(queue).url,
                Attributes={"VisibilityTimeout": "15"},
            )

    def start(self, events: Sequence[Event]) -> str:
        """Start an execution that sends events; its ARN."""
        bodies = as_bodies(events)
        self.checker.attempt(bodies)
        return self._start(bodies)

    def start_again(self) -> None:
        """Send the newest batch once more."""
        bodies = next(reversed(self._executions.values()), None)
        if bodies:
            self._start(bodies)

    def _start(self, bodies: list[str]) -> str:
        uploaded = self.flow.upload(bodies)
        execution = self.flow.start(uploaded)
        self._executions[execution], self._uploaded[execution] = bodies, uploaded
        return execution

    def start_with_other_content(self) -> None:
        """Send events of the newest batch once more, each with another subject."""
        bodies = next(reversed(self._executions.values()), [])
        events = [json.loads(body) for body in bodies[::10]]
        self.start([{**event, "subject": str(uuid.uuid4())} for event in events])

    def marked(self, body: str) -> str:
        """The same poison, of this run."""
        return body.replace("https://example.com/tests", self.source).replace(
            '{"id"', f'{{"mark": "{self.source}", "id"', 1
        )

    def running(self) -> int:
        """How many executions have not ended; what has ended is noted and forgotten.

        Its batch is deleted, as a bucket's rule does in time: LocalStack holds it in memory.
        """
        client = self.flow.environment.session.client("stepfunctions")
        for execution in list(self._executions):
            if client.describe_execution(executionArn=execution)["status"] != "RUNNING":
                if self.has_published(execution):
                    self.checker.acknowledge(self._executions[execution])
                del self._executions[execution]
                self.flow.delete(self._uploaded.pop(execution))
        return len(self._executions)

    def stop(self, execution: str) -> None:
        """Stop an execution where it is; what its functions are doing they do to the end."""
        self.note_acknowledged()
        client = self.flow.environment.session.client("stepfunctions")
        client.stop_execution(executionArn=execution)

    def publish(self, body: str, **attributes: str) -> None:
        """Publish straight on the topic; SNS acknowledges."""
        self.checker.attempt([body])
        self.flow.publish(body, **attributes)
        self.checker.acknowledge([body])

    def put(self, queue: str, body: str, **attributes: str) -> str:
        """Put straight on a queue; SQS acknowledges. Returns the message's id."""
        self.checker.attempt([body])
        message_id = self.flow.put(queue, body, **attributes)
        self.checker.acknowledge([body])
        return message_id

    def note_acknowledged(self) -> None:
        """Take down which executions have published all of their batch."""
        for execution, bodies in list(self._executions.items()):
            if self.has_published(execution):
                self.checker.acknowledge(bodies)
                del self._executions[execution]

    def has_published(self, execution: str) -> bool:
        """Whether an execution has left PublishMessages for good."""
        return "ProcessMessages" in self.entered(execution)

    def entered(self, execution: str) -> list[str]:
        """The states that an execution has entered, in their order."""
        history = self._history(execution)
        return [event.get("stateEnteredEventDetails", {}).get("name", "") for event in history]

    def failed_tasks(self, execution: str) -> int:
        """How many attempts of an execution's Tasks have failed."""
        return sum("Failed" in event["type"] for event in self._history(execution))

    def _history(self, execution: str) -> list[dict[str, Any]]:
        client = self.flow.environment.session.client("stepfunctions")
        pages = client.get_paginator("get_execution_history").paginate(executionArn=execution)
        return [dict(event) for page in pages for event in page["events"]]

    def ended(self) -> list[Ended]:
        """Wait until every execution has ended; how each did."""
        executions = list(self._executions)
        ended = [self.flow.ended(execution) for execution in executions]
        self.note_acknowledged()
        return ended

    def finish(self) -> Verdict:
        """Wait for all executions, drain the queues, and account for every event."""
        self.ended()
        self.drain()
        return self.verdict()

    def drain(self, seconds: float = 60) -> None:
        """Have the queues consumed until none of this run's messages is in them.

        A message that somebody received and never deleted counts until it was seen again.
        """

        working = self.queues.values()
        until(lambda: not any(map(self._consumed, working)), "all queues to be quiet", seconds)

    def _consumed(self, queue: str) -> bool:
        """Whether there was anything to consume."""
        if not self.queued([queue]):
            return False
        consume(self.flow.environment, queue, seconds=2)
        return True

    def verdict(self) -> Verdict:
        """Account for every event as things stand, and for what was counted of its batches."""
        miscounted = [batch for (batch,) in self._query(_MISCOUNTED)]
        return replace(self.checker.check(self.found()), miscounted=miscounted)

    def found(self) -> dict[str, list[str]]:
        """By the name of each place, the bodies of this run in it; a row counts if it is whole."""
        rows = self._rows()
        places = {"rows": [text for text, _ in rows]}
        places["rows without their typed row"] = [text for text, typed in rows if typed != 1]
        topology = self.flow.environment.topology
        ends = (*topology.dead_letter_queues, *topology.unrouted_queues)
        return places | {queue: self.queued([queue]) for queue in ends}

    def row_bodies(self) -> list[str]:
        """The events of this run that are ingested."""
        return [text for text, _ in self._rows()]

    def _rows(self) -> list[Any]:
        """The events of this run that are ingested, each with its rows in the types' tables."""
        tables = [_TYPED_ROWS.format(sql.Identifier(one.table)) for one in self.types]
        return self._query(_ROWS.format(sql.SQL(" + ").join(tables)))

    def rows(self) -> int:
        """How many events of this run are ingested."""
        [(count,)] = self._query("SELECT count(*) FROM messages WHERE source = %s")
        return int(count)

    def queued(self, queues: Iterable[str]) -> list[str]:
        """The bodies of this run in queues, received or not."""
        return [message["body"] for message in self.messages(queues)]

    def messages(self, queues: Iterable[str] | None = None) -> list[dict[str, Any]]:
        """The messages of this run in queues, of all types if none is named; none is received."""
        return [
            message
            for queue in (self.queues.values() if queues is None else queues)
            for message in peek(self.flow.environment, queue)
            if self.source in message["body"]
        ]

    def _query(self, statement: LiteralString | sql.Composed) -> list[Any]:
        # A connection of its own: the database may have been restarted since.
        with psycopg.connect(self.flow.environment.database) as connection:
            return connection.execute(statement, [self.source]).fetchall()

    def until_rows(self, at_least: int) -> None:
        """Wait until so many events are ingested."""
        until(lambda: self.rows() >= at_least, f"{at_least} rows of the load")
