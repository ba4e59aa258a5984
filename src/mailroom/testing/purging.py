"""Empties queues, more often than SQS purges one."""

from typing import Any


def purge(sqs: Any, url: str) -> None:
    """Delete the messages of a queue; of one that was just purged those that are visible."""
    try:
        sqs.purge_queue(QueueUrl=url)
    except sqs.exceptions.PurgeQueueInProgress:
        while found := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
            for message in found:
                sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
