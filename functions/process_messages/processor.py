"""Takes a batch of received messages to where each belongs."""

from collections import Counter
from dataclasses import dataclass

from process_messages.database import Database
from process_messages.dead_letters import DeadLetterOffice
from process_messages.ingestion import Ingestion
from process_messages.reading import read
from process_messages.received import Received
from shared.context import Deadline
from shared.logs import logger


@dataclass(frozen=True)
class Processed:
    """The messages that may be deleted, and how many each batch has settled by them."""

    finished: list[Received]
    newly_settled: Counter[str]


class Processor:
    """Reads, ingests and buries the messages of one queue."""

    def __init__(
        self, kind: str, database: Database, ingestion: Ingestion, office: DeadLetterOffice
    ) -> None:
        self._kind = kind
        self._database = database
        self._ingestion = ingestion
        self._office = office

    def process(self, slot: int, batch: list[Received], deadline: Deadline) -> Processed:
        """Ingest what can be ingested, bury the rest, and return what is finished.

        Raises:
            TransientError: when nothing or not all of it is finished; it may be tried again.
            ConfigurationError: when somebody must mend something first.
        """
        entries, letters = read(batch, self._kind)
        ingested = self._database.run(
            slot, deadline, lambda connection: self._ingestion.ingest(connection, entries, letters)
        )
        dead = {letter.received.message_id for letter in ingested.letters}
        finished = [received for received in batch if received.message_id not in dead]
        if ingested.letters:
            for letter in ingested.letters:
                logger.warning(
                    "dead letter",
                    message_id=letter.received.message_id,
                    reason=letter.reason,
                    detail=letter.detail,
                )
            finished += self._database.run(
                slot, deadline, lambda connection: self._office.send(connection, ingested.letters)
            )
        return Processed(finished, ingested.newly_settled)
