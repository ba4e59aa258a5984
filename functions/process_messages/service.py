"""Composes ProcessMessagesFunction's parts; they outlive an invocation."""

from functools import cache
from typing import Any

from messages.types import message_types
from process_messages.database import Database
from process_messages.dead_letters import DeadLetterSender
from process_messages.ingestion import Ingestion
from process_messages.processor import Processor, process_event
from process_messages.queue import Queue
from process_messages.request import IngestRequest, SettleRequest
from process_messages.settings import Settings
from process_messages.workflow import Workflow
from shared import clients
from shared.context import Context
from shared.errors import InvalidInput, MissingSetting
from shared.logs import logger
from shared.secrets import Credentials, credentials, read_secret


class Service:
    """Answers requests of the state machine and of event source mappings."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._database = Database(self._credentials)
        self._known: dict[str, tuple[Queue, Processor]] = {}

    def answer(self, request: SettleRequest | IngestRequest, context: Context) -> dict[str, Any]:
        """Return the answer to a request."""
        if isinstance(request, IngestRequest):
            return self._ingest(request, context)
        logger.append_keys(batch_id=request.batch_id, execution=request.batch_id)
        queue, processor = self._parts(request.type)
        answer = Workflow(self._settings, self._database, queue, processor).settle(request, context)
        logger.info("batch", type=request.type, **answer)
        return answer

    def _ingest(self, request: IngestRequest, context: Context) -> dict[str, Any]:
        queue, processor = self._parts(self._type_of(request.event["Records"]))
        return process_event(request.event, context, queue, processor)

    def _type_of(self, records: list[dict[str, Any]]) -> str:
        names = {record.get("eventSourceARN", "").rpartition(":")[2] for record in records}
        for message_type, name in self._settings.queues:
            if {name} == names:
                return message_type
        raise InvalidInput(f"Records: {', '.join(sorted(names)) or 'none'} is no known queue")

    def _parts(self, message_type: str) -> tuple[Queue, Processor]:
        if message_type not in self._known:
            self._known[message_type] = self._make_parts(message_type)
        return self._known[message_type]

    def _make_parts(self, message_type: str) -> tuple[Queue, Processor]:
        name = dict(self._settings.queues).get(message_type)
        if name is None:
            raise MissingSetting(f"environment variable QUEUES names no queue of {message_type}")
        one = message_types()[message_type]
        queue = Queue(clients.sqs(one.settings.consumers or self._settings.consumers), name)
        ingestion = Ingestion(one, name)
        sender = DeadLetterSender(queue, name)
        return queue, Processor(message_type, name, self._database, ingestion, sender)

    def _credentials(self) -> Credentials:
        arn = self._settings.secret_arn
        return credentials(read_secret(clients.secrets_manager(), arn), arn)


@cache
def service(settings: Settings) -> Service:
    """Return the service for these settings; the first call makes it."""
    return Service(settings)
