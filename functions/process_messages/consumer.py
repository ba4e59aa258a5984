"""One of the concurrent consumers of a queue."""

from collections.abc import Callable

from process_messages.database import Connection, Database
from process_messages.processor import Processor
from process_messages.queue import Queue
from process_messages.received import Received
from process_messages.settlement import Progress, Settlement
from shared.context import Deadline
from shared.errors import MailroomError


class Consumer:
    """Receives, processes and deletes messages, up to ten at a time, until it is to stop."""

    def __init__(
        self,
        slot: int,
        queue: Queue,
        processor: Processor,
        database: Database,
        progress: Progress,
        count: Callable[[Connection], Settlement],
    ) -> None:
        self._slot = slot
        self._queue = queue
        self._processor = processor
        self._database = database
        self._progress = progress
        self._count = count

    def consume(self, receive_until: Deadline, finish_until: Deadline) -> None:
        """Consume until the batch is settled or overdue, a consumer fails, or a deadline passes.

        At the end every received message is deleted or visible again.
        """
        try:
            self._consume(receive_until, finish_until)
        except Exception as error:
            self._progress.fail(error)
            if not isinstance(error, MailroomError):
                raise

    def _consume(self, receive_until: Deadline, finish_until: Deadline) -> None:
        while not (self._progress.stopped or receive_until.passed()):
            self._database.wait_until_ready(self._slot, finish_until)
            if not self._progress.await_turn(receive_until):
                return
            batch: list[Received] = []
            try:
                batch = self._queue.receive()
            finally:
                self._progress.take(batch)
            if batch:
                try:
                    self._finish(batch, finish_until)
                finally:
                    self._progress.release(batch)
            else:
                self._count_again(finish_until)

    def _finish(self, batch: list[Received], finish_until: Deadline) -> None:
        left = batch
        try:
            processed = self._processor.process(self._slot, batch, finish_until)
            finished = {id(message) for message in processed.finished}
            left = [message for message in batch if id(message) not in finished]
            if self._progress.add(processed.newly_settled):
                self._count_again(finish_until)
            self._queue.delete(processed.finished)
        finally:
            self._queue.make_visible(left)

    def _count_again(self, finish_until: Deadline) -> None:
        self._progress.count(lambda: self._database.run(self._slot, finish_until, self._count))
