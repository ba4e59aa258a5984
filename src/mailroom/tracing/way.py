"""Finds messages, and follows one of them."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import TypeVar

from mailroom.environments.environment import Environment
from mailroom.tracing.executions import Executions
from mailroom.tracing.invocation_logs import InvocationLogs
from mailroom.tracing.names import Names
from mailroom.tracing.observed import Observed
from mailroom.tracing.steps import Message, Step, Way, in_order
from mailroom.tracing.stored import Stored
from mailroom.tracing.waiting_messages import WaitingMessages
from mailroom.wording import first_line

_MOST = 20
_IN_AWS = (
    "AWS keeps no events: to which queue it was delivered, which filters refused it,"
    " and who received it, is not known"
)
_NO_DATABASE = "the database can't be reached from here: rows, settlements and dead letters"


class Tracer:
    """Follows messages of one environment, as far as it has events and a database."""

    def __init__(self, environment: Environment) -> None:
        names = Names(environment)
        self._observed = Observed(environment.endpoint, names)
        self._local = not environment.in_account and self._observed.there
        self._lacks_database = environment.is_workflow and not environment.database
        database = environment.message_database
        self._stored = Stored(database) if database else None
        self._executions = Executions(environment)
        self._logs = InvocationLogs(environment)
        self._waiting = WaitingMessages(environment)

    def find(self, word: str, most: int = _MOST, missing: list[str] | None = None) -> list[Message]:
        """Messages by id, source, subject, an id that SNS or SQS gave, or a word in them.

        Those whose id it is win over those that only contain it.

        Args:
            word: What to look for.
            most: The maximum number.
            missing: Where to add a sentence about what could not be searched.
        """
        missing = [] if missing is None else missing
        found: dict[tuple[str | None, ...], Message] = {}
        for message in self._found(word, missing):
            known = found.get(message.key)
            found[message.key] = known.joined(message) if known else message
            if len(found) >= most:
                break
        # What was published has left its traces above; what wasn't is only there.
        if not found:
            found = {one.key: one for one in self._executions.find(word)}
        exact = [one for one in found.values() if one.id == word or word in one.message_ids]
        return exact or list(found.values())

    def follow(self, message: Message) -> Way:
        """The way of a message."""
        missing: list[str] = []
        if self._local:
            message = self._observed.message(message)
        steps = list(self._known(message, missing))
        missing += self._gaps(message, steps)
        return Way(message, tuple(map(self._logs.with_log, in_order(steps))), tuple(missing))

    def _found(self, word: str, missing: list[str]) -> Iterator[Message]:
        if self._local:
            yield from self._observed.find(word)
        if self._stored:
            stored = self._stored
            yield from _while_it_answers(lambda: stored.find(word), missing)
        if self._local:
            yield from self._waiting.find(word)

    def _known(self, message: Message, missing: list[str]) -> Iterator[Step]:
        batches = self._observed.batches(message) if self._local else set()
        for batch in sorted(batches | {message.batch} - {None}, key=str):
            yield from self._executions.steps(replace(message, batch=batch))
        if self._stored:
            stored = self._stored
            yield from _while_it_answers(lambda: stored.steps(message), missing)
        elif self._lacks_database:
            missing.append(_NO_DATABASE)
        if self._local:
            observed = list(self._observed.steps(message))
            yield from observed
            yield from self._waiting.steps(message)
            if not any(step.kind == "published" for step in observed):
                yield from self._logs.steps(message, None)
        else:
            missing.append(_IN_AWS)
            yield from self._logs.steps(message, None)

    def _gaps(self, message: Message, steps: list[Step]) -> Iterator[str]:
        """What LocalStack's events don't reach."""
        if not self._local:
            return
        times = [step.at for step in steps if step.at and step.of == "stored"]
        since = self._observed.since
        if times and since and min(times) < since - 1:
            began = f"{datetime.fromtimestamp(since, UTC):%Y-%m-%d %H:%M:%S} UTC"
            yield (
                f"LocalStack's events begin at {began}: of what happened before,"
                " only what is stored is known"
            )


T = TypeVar("T")


def _while_it_answers(read: Callable[[], Iterator[T]], missing: list[str]) -> Iterator[T]:
    """What the database tells; nothing, and a sentence, if it doesn't answer."""
    from psycopg import OperationalError

    try:
        yield from read()
    except OperationalError as error:
        missing.append(f"{_NO_DATABASE} ({first_line(error)})")
