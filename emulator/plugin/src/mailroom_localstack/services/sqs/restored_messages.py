"""Puts into a queue that is made again the messages that it had before LocalStack ended."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from localstack.services.sqs.models import FifoQueue

from mailroom_localstack.queue_state import waiting_messages
from mailroom_localstack.services.sqs.due_messages import DUE, due_times


def restore(queue: Any, messages: Iterable[Any]) -> None:
    """Put messages into a queue of LocalStack's, which is new.

    Args:
        queue: the queue.
        messages: its messages, in the order in which they were sent; those of a FIFO queue that
            were deleted keep others with their deduplication ids out.
    """
    is_fifo = isinstance(queue, FifoQueue)
    in_flight = []
    for message in messages:
        if is_fifo:
            queue.deduplication[message.message_deduplication_id] = message
        if message.deleted:
            continue
        queue.receipts.update(dict.fromkeys(message.receipt_handles, message))
        if message.is_delayed:
            queue.delayed.add(message)
        elif not message.is_visible:
            in_flight.append(message)
        elif is_fifo:
            queue.get_message_group(message.message_group_id).push(message)
        else:
            queue.visible.put_nowait(message)
    # A FIFO queue looks at the one that was received first.
    for message in sorted(in_flight, key=lambda one: one.last_received or 0):
        queue.inflight[message] = None
        if is_fifo:
            queue.inflight_groups.add(queue.get_message_group(message.message_group_id))
    if is_fifo:
        for group in queue.message_groups.values():
            if group.messages and group not in queue.inflight_groups:
                queue.message_group_queue.put_nowait(group)
    for due in due_times(queue):
        DUE.add(queue, due)


def every_message(queue: Any) -> list[Any]:
    """All messages that are in a queue."""
    return [*waiting_messages(queue), *queue.inflight, *queue.delayed]
