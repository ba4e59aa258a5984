"""Messages that SQS acknowledged survive LocalStack's end."""

from __future__ import annotations

import threading
from typing import Any

from mailroom_localstack.durability.opened import Opened, commit
from mailroom_localstack.durability.resource_names import undoing
from mailroom_localstack.durability.stored_messages import Messages
from mailroom_localstack.observation.current import CURRENT
from mailroom_localstack.patches import patch
from mailroom_localstack.services.sqs.restored_messages import every_message, restore

MODELS = "localstack.services.sqs.models"
PROVIDER = "localstack.services.sqs.provider:SqsProvider"
STORED = Messages(Opened.store) if Opened.store else None
# By the identity of what was sent: the message that the current thread takes to another queue.
_leaving = threading.local()


@patch(f"{PROVIDER}.send_message", f"{PROVIDER}.send_message_batch")
def keep_messages(original: Any, provider: Any, *args: Any, **kw: Any) -> Any:
    """Acknowledge a message when it is on the disk, and have it again after LocalStack's end.

    `MAILROOM_DURABILITY=off` keeps messages in memory alone.

    LocalStack: keeps messages in memory.

    AWS: stores a message on several servers before it acknowledges it.
    https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/welcome.html

    Test: tests/integration/test_durable_queues.py
    test_messages_survive_a_localstack_that_is_killed
    """
    result = original(provider, *args, **kw)
    commit()
    return result


@keep_messages.also(f"{MODELS}:StandardQueue.put")
def store_put(original: Any, queue: Any, message: Any, *args: Any, **kw: Any) -> Any:
    """Store a message that was put into a queue, and that leaves another in the same moment."""
    put = original(queue, message, *args, **kw)
    if STORED:
        STORED.put(queue.arn, put, _left(message))
    return put


@keep_messages.also(f"{MODELS}:FifoQueue.put")
def store_put_in_order(original: Any, queue: Any, message: Any, *args: Any, **kw: Any) -> Any:
    """Store a message of a FIFO queue, unless the queue has it already."""
    put = original(queue, message, *args, **kw)
    if STORED and queue.deduplication.get(put.message_deduplication_id) is put:
        STORED.put(queue.arn, put, _left(message))
    return put


@keep_messages.also(f"{MODELS}:StandardQueue.receive")
@keep_messages.also(f"{MODELS}:FifoQueue.receive")
def store_receives(original: Any, queue: Any, *args: Any, **kw: Any) -> Any:
    """Store receive counts, visibility and receipt handles, without waiting for the disk.

    What a killed LocalStack didn't write is received again, as SQS allows.
    """
    result = original(queue, *args, **kw)
    if STORED:
        STORED.changed(*result.successful)
        leaving = [*result.dead_letter_messages, *(result.successful if CURRENT.moving else ())]
        _leaving.messages = {id(one.message): one for one in leaving}
    return result


@keep_messages.also(f"{MODELS}:SqsQueue.update_visibility_timeout")
def store_visibility(original: Any, queue: Any, receipt_handle: str, *args: Any, **kw: Any) -> None:
    """Store a changed visibility timeout."""
    original(queue, receipt_handle, *args, **kw)
    _store_changed(queue.receipts.get(receipt_handle))


@keep_messages.also(f"{MODELS}:SqsQueue.remove")
def store_deletion(original: Any, queue: Any, receipt_handle: str) -> None:
    """Forget a message that was deleted."""
    message = queue.receipts.get(receipt_handle)
    original(queue, receipt_handle)
    if STORED and message is not None:
        STORED.changed(message, urgent=hasattr(queue, "message_groups"))


@keep_messages.also(f"{PROVIDER}.delete_message")
@keep_messages.also(f"{PROVIDER}.delete_message_batch")
def keep_deletions(
    original: Any, provider: Any, context: Any, queue_url: str, *args: Any, **kw: Any
) -> Any:
    """Wait for the disk when a message of a FIFO queue is deleted: it must not come again."""
    result = original(provider, context, queue_url, *args, **kw)
    if queue_url.rstrip("/").endswith(".fifo"):
        commit()
    return result


@keep_messages.also(f"{MODELS}:StandardQueue.clear")
@keep_messages.also(f"{MODELS}:FifoQueue.clear")
def store_purge(original: Any, queue: Any) -> None:
    """Forget the messages of a queue that is purged."""
    with queue.mutex:
        if STORED:
            STORED.clear(queue.arn, every_message(queue))
        original(queue)
    commit()


@keep_messages.also(f"{PROVIDER}.delete_queue")
def store_end_of_queue(
    original: Any, provider: Any, context: Any, queue_url: str, **kw: Any
) -> None:
    """Forget the messages of a queue that is deleted, unless a failed creation is undone.

    Then the queue may be one that was there before LocalStack ended.
    """
    queue = provider._resolve_queue(context, queue_url=queue_url)
    original(provider, context, queue_url, **kw)
    if STORED and undoing():
        STORED.leave(queue.arn, every_message(queue))
    elif STORED:
        STORED.clear(queue.arn, every_message(queue))
    commit()


@keep_messages.also(f"{MODELS}:SqsQueue.remove_expired_messages_from_heap")
def store_expiry(original: Any, *args: Any) -> Any:
    """Forget messages whose retention period is over."""
    expired = original(*args)
    for one in expired:
        one.deleted = True
        _store_changed(one)
    return expired


@keep_messages.also(f"{MODELS}:StandardQueue.__init__")
@keep_messages.also(f"{MODELS}:FifoQueue.__init__")
def restore_queue(original: Any, queue: Any, *args: Any, **kw: Any) -> None:
    """Give a queue that is made again what it had."""
    original(queue, *args, **kw)
    if STORED:
        messages = STORED.take(queue.arn)
        restore(queue, messages)
        # A deleted one whose deduplication is over needs no row.
        STORED.changed(*(one for one in messages if one.deleted))


def _store_changed(message: Any) -> None:
    if STORED and message is not None:
        STORED.changed(message)


def _left(message: Any) -> Any:
    """The message of another queue that this one was, if a queue or a move task takes it away."""
    return getattr(_leaving, "messages", {}).pop(id(message), None)
