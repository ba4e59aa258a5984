"""Sends committed dead letters to their queue, each once as far as SQS lets one know."""

from typing import Any

from process_messages import statements
from process_messages.database import Connection
from process_messages.queue import Queue
from process_messages.reading import Letter
from process_messages.received import Received


class DeadLetterOffice:
    """Sends the dead letters of one queue."""

    def __init__(self, queue: Queue, name: str) -> None:
        self._queue = queue
        self._name = name

    def send(self, connection: Connection, letters: list[Letter]) -> list[Received]:
        """Send what isn't sent yet and return what may now be deleted from its queue.

        A letter that another consumer is sending at this moment is not among the returned.

        Raises:
            QueueUnavailable: when SQS fails; nothing is marked as sent.
            psycopg.Error: when Postgres fails.
        """
        by_id = {letter.received.message_id: letter for letter in letters}
        parameters = {"queue": self._name, "message_id": list(by_id)}
        with connection.transaction():
            rows: Any = connection.execute(statements.CLAIM, parameters)
            claimed = dict(rows)
            unsent = [message_id for message_id, sent in claimed.items() if not sent]
            for message_id in unsent:
                self._queue.send_dead(by_id[message_id])
            if unsent:
                parameters["message_id"] = unsent
                connection.execute(statements.MARK_SENT, parameters)
        return [by_id[message_id].received for message_id in claimed]
