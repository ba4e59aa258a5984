"""Answers the state machine: consumes a queue until a batch is settled, or waits for that."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

from process_messages.consumer import Consumer
from process_messages.database import Database
from process_messages.processor import Processor
from process_messages.queue import Queue
from process_messages.request import SettleRequest
from process_messages.settings import Settings
from process_messages.settlement import Patience, Progress, count
from shared.context import Context, Deadline

_RECEIVE_MARGIN_SECONDS = 6
_FINISH_MARGIN_SECONDS = 3
_MAX_WAIT_SECONDS = 5
_MAX_PAUSE_SECONDS = 1.0


class Workflow:
    """Settles batches of one queue: by consuming it, or, with consumption `events`, by waiting."""

    def __init__(
        self, settings: Settings, database: Database, queue: Queue, processor: Processor
    ) -> None:
        self._settings = settings
        self._database = database
        self._queue = queue
        self._processor = processor

    def settle(self, request: SettleRequest, context: Context) -> dict[str, Any]:
        """Return the batch's settlement once it is settled or overdue, or the deadline is near.

        With consumption `events` a batch that will take long is answered at once: the state machine
        waits for `waitSeconds` then.

        Raises:
            TransientError: when the batch isn't settled because Postgres or SQS failed.
            ConfigurationError: when no retry succeeds before the configuration is corrected.
        """
        finish_until = Deadline.before_timeout(context, _FINISH_MARGIN_SECONDS)
        patience = Patience(
            request.limit_seconds or self._settings.settlement_limit_seconds,
            types=len(self._settings.queues),
            consumes=self._settings.polls,
        )
        counting = partial(count, request=request, patience=patience)
        settlement = self._database.run(0, finish_until, counting)
        if settlement.complete or settlement.overdue:
            return settlement.answer()
        progress = Progress(request.batch_id, settlement)
        if self._settings.polls:
            receive_until = Deadline.before_timeout(context, _RECEIVE_MARGIN_SECONDS)
            number = request.consumers or self._settings.consumers
            self._consume(number, progress, counting, receive_until, finish_until)
        elif settlement.wait_seconds == 1:
            self._wait(progress, lambda: self._database.run(0, finish_until, counting), context)
        if progress.failure is not None and not progress.settlement.complete:
            raise progress.failure
        return progress.settlement.answer()

    def _consume(
        self,
        number: int,
        progress: Progress,
        counting: Callable[..., Any],
        receive_until: Deadline,
        finish_until: Deadline,
    ) -> None:
        consumers = [
            Consumer(slot, self._queue, self._processor, self._database, progress, counting)
            for slot in range(number)
        ]
        with ThreadPoolExecutor(len(consumers)) as threads:
            for consumer in consumers:
                threads.submit(consumer.consume, receive_until, finish_until)
        if not (progress.settlement.complete or progress.failure):
            progress.count(lambda: self._database.run(0, finish_until, counting))

    @staticmethod
    def _wait(progress: Progress, counting: Callable[[], Any], context: Context) -> None:
        margin = Deadline.before_timeout(context, _RECEIVE_MARGIN_SECONDS).remaining()
        deadline = Deadline(min(margin, _MAX_WAIT_SECONDS))
        pause = 0.1
        while not (progress.stopped or deadline.passed()):
            time.sleep(min(pause, deadline.remaining()))
            pause = min(_MAX_PAUSE_SECONDS, pause * 2)
            progress.count(counting)
