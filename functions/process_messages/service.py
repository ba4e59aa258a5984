"""Composes ProcessMessagesFunction's parts; they outlive an invocation."""

from functools import cache
from typing import Any

from process_messages.database import Database
from process_messages.dead_letters import DeadLetterSender
from process_messages.ingestion import Ingestion
from process_messages.processor import Processor, process_event
from process_messages.queue import Queue
from process_messages.request import IngestRequest, SettleRequest
from process_messages.settings import QueueSettings, Settings
from process_messages.workflow import Workflow
from shared import clients
from shared.context import Context
from shared.errors import InvalidInput
from shared.logs import logger
from shared.secrets import Credentials, credentials, read_secret


class Service:
    """Answers requests of the state machine and of event source mappings."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._database = Database(self._credentials)

    def answer(self, request: SettleRequest | IngestRequest, context: Context) -> dict[str, Any]:
        """Return the answer to a request."""
        if isinstance(request, IngestRequest):
            return self._ingest(request, context)
        logger.append_keys(batch_id=request.batch_id, execution=request.batch_id)
        settings = next(one for one in self._settings.queues if one.type == request.type)
        queue, processor = self._parts(settings)
        answer = Workflow(self._settings, self._database, queue, processor).settle(request, context)
        logger.info("batch", type=request.type, **answer)
        return answer

    def _ingest(self, request: IngestRequest, context: Context) -> dict[str, Any]:
        queue, processor = self._parts(self._queue_of(request.event["Records"]))
        return process_event(request.event, context, queue, processor)

    def _queue_of(self, records: list[dict[str, Any]]) -> QueueSettings:
        names = {record.get("eventSourceARN", "").rpartition(":")[2] for record in records}
        found = [settings for settings in self._settings.queues if {settings.name} == names]
        if not found:
            raise InvalidInput(f"Records: {', '.join(sorted(names)) or 'none'} is no known queue")
        return found[0]

    def _parts(self, settings: QueueSettings) -> tuple[Queue, Processor]:
        queue = Queue(clients.sqs(self._settings.consumers), settings)
        sender = DeadLetterSender(queue, settings.name)
        ingestion = Ingestion(settings.type, settings.name)
        return queue, Processor(settings.type, self._database, ingestion, sender)

    def _credentials(self) -> Credentials:
        arn = self._settings.secret_arn
        return credentials(read_secret(clients.secrets_manager(), arn), arn)


@cache
def service(settings: Settings) -> Service:
    """Return the service for these settings; the first call makes it."""
    return Service(settings)
