"""What PublishMessagesFunction does: validate all messages, then publish them."""

import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from typing import Any

from messages.event import Message
from messages.problems import Problem
from messages.reading import Accepted, Rejected
from messages.types import message_types
from publish_messages.chunks import check_counts, explain, read_chunk, sum_up
from publish_messages.publisher import Outgoing, Publisher, pack
from publish_messages.request import (
    ChunkSource,
    Failure,
    Messages,
    ObjectSource,
    PrefixSource,
    Request,
)
from publish_messages.settings import Settings
from publish_messages.source import read_inline, read_object
from shared import clients
from shared.context import Deadline
from shared.errors import InvalidInput, InvalidMessages, MailroomError, PublishFailed
from shared.logs import logger

_THREADS = 4
_MAX_SHOWN = 20
# SQS refuses messages with these characters. In JSON their escapes mean the same.
_ESCAPED = {0xFFFE: "\\ufffe", 0xFFFF: "\\uffff"}


class Service:
    """Publishes the messages of requests to one topic."""

    def __init__(self, settings: Settings, deadline: Deadline) -> None:
        self._settings = settings
        self._deadline = deadline

    def publish(self, request: Request) -> dict[str, Any]:
        """Publish a request's messages, each once, and return how many of each type.

        Of a batch in chunks, return what its manifest says; of one chunk that is only to be
        validated, nothing; of a batch in chunks that failed, why.

        When time or SNS fails it after some messages, the answer has `next`: where the next
        invocation is to begin.

        Raises:
            InvalidMessages: when a message is invalid; then none is published.
            InvalidInput: when the object in S3 can't be read, or was replaced meanwhile.
            PublishFailed: when not even the first ones could be published; the same request may
                be retried.
            AccessRefused: when SNS refuses them, however often they are published.
        """
        logger.append_keys(batch_id=request.batch_id, execution=request.batch_id)
        if isinstance(request.messages, PrefixSource):
            return sum_up(clients.s3(), request.messages, request.batch_id)
        if isinstance(request.messages, Failure):
            return explain(clients.s3(), request.messages)
        chunk = request.messages if isinstance(request.messages, ChunkSource) else None
        where = f"{chunk.chunk.key}: " if chunk else ""
        outgoing, duplicates = distinct(_read(request.messages), where)
        if chunk:
            check_counts(chunk.chunk, Counter(message.type for message in outgoing))
            if not chunk.publish:
                return {}
        start, digest = request.start, _digest(outgoing)
        if start.position and start.digest != digest:
            raise InvalidInput("input: its messages have changed since the first were published")
        left = outgoing[start.position :]
        position = start.position + self._publish(request.batch_id, left)
        if position < len(outgoing):
            logger.info("published in part", published=position, of=len(outgoing))
            return {"next": {"position": position, "digest": digest}}
        published = Counter(message.type for message in outgoing)
        logger.info("published", published=dict(published), duplicates=duplicates)
        return {
            "batchId": request.batch_id,
            "published": {name: published[name] for name in message_types()},
            "duplicates": duplicates,
            "rejected": [],
        }

    def _publish(self, batch_id: str, outgoing: list[Outgoing]) -> int:
        """Return how many messages, from the first on, are published without a gap."""
        publisher = Publisher(
            clients.sns(_THREADS), self._settings.topic_arn, batch_id, self._deadline, time.sleep
        )
        failures: list[MailroomError] = []

        def publish(batch: list[Outgoing]) -> bool:
            if failures:  # What comes after a gap would be published again.
                return False
            try:
                publisher.publish(batch)
            except MailroomError as error:
                failures.append(error)
                return False
            return True

        batches = list(pack(outgoing))
        with ThreadPoolExecutor(_THREADS) as threads:
            results = list(threads.map(publish, batches))
        first_failed = results.index(False) if failures else len(batches)
        for error in failures:
            if not (first_failed and isinstance(error, PublishFailed)):
                raise error
        return sum(len(batch) for batch in batches[:first_failed])


def distinct(results: Iterator[Accepted | Rejected], where: str = "") -> tuple[list[Outgoing], int]:
    """Return the messages without duplicates, and the number of duplicates.

    `where` begins what is said of invalid ones.

    Raises:
        InvalidMessages: when a message is invalid.
    """
    seen: set[tuple[str, str, str]] = set()
    outgoing: list[Outgoing] = []
    rejected: list[Rejected] = []
    count = 0
    for result in results:
        count += 1
        if isinstance(result, Rejected):
            rejected.append(result)
        elif (key := _key(result.message)) not in seen:
            seen.add(key)
            body = result.message.text.translate(_ESCAPED)
            outgoing.append(Outgoing(result.message.event.type, body))
    if rejected:
        raise InvalidMessages(f"{where}{_explain(rejected, count)}")
    return outgoing, count - len(outgoing)


def _read(messages: Messages) -> Iterator[Accepted | Rejected]:
    if isinstance(messages, ObjectSource):
        return read_object(clients.s3(), messages)
    if isinstance(messages, ChunkSource):
        return read_chunk(clients.s3(), messages.bucket, messages.chunk)
    return read_inline(messages)


def _digest(outgoing: list[Outgoing]) -> str:
    digest = sha256()
    for message in outgoing:
        digest.update(sha256(message.body.encode()).digest())
    return digest.hexdigest()


def _key(message: Message) -> tuple[str, str, str]:
    return message.event.source, message.event.id, message.digest


def _explain(rejected: list[Rejected], count: int) -> str:
    problems = [(one, problem) for one in rejected for problem in one.problems]
    head = f"{len(rejected)} of {count} messages are invalid ({len(problems)} problems)"
    shown = [_place(one, problem) for one, problem in problems[:_MAX_SHOWN]]
    more = [f"… {len(problems) - _MAX_SHOWN} more"] if len(problems) > _MAX_SHOWN else []
    return "\n".join([f"{head}; nothing was published", *shown, *more])


def _place(rejected: Rejected, problem: Problem) -> str:
    line = f", line {rejected.line}" if rejected.line is not None else ""
    return f"index {rejected.index}{line}: {problem}"
