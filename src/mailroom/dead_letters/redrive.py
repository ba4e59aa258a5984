"""Sends messages of dead-letter queues and the unrouted queue back to where they came from."""

from collections import Counter
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from mailroom.dead_letters.listing import list_messages
from mailroom.dead_letters.queued_messages import MessageFilter, QueuedMessage
from mailroom.dead_letters.receiver import Receiver
from mailroom.environments.environment import Environment
from mailroom.waiting import backoff

if TYPE_CHECKING:
    from mypy_boto3_sqs.client import SQSClient

Progress = Callable[[int], None]


def redrive(
    environment: Environment,
    queue: str,
    matches: MessageFilter,
    progress: Progress = lambda count: None,
) -> int:
    """Send messages back, after the cause of their failure was fixed.

    Messages that the topic could not deliver, or that no subscription matched, are published again.

    It is idempotent: messages that an interrupted redrive left in both queues make no second row.

    Args:
        environment: The environment of the queue.
        queue: Logical name of the queue.
        matches: The messages.
        progress: Called with the number of messages sent back.

    Returns:
        How many were sent back.
    """
    source = environment.topology.source_of(queue)
    if matches.matches_all and source:
        return _move_all(environment, queue, source, progress)
    return _send_singly(environment, queue, matches, progress)


def send_again(environment: Environment, messages: Sequence[QueuedMessage]) -> dict[str, int]:
    """Send messages back that are in no queue any more, as those that `purge` wrote to a file.

    Args:
        environment: The environment of their queues.
        messages: The messages.

    Returns:
        How many were sent back, by the queue that they had been in.

    Raises:
        Refused: The environment has no such queue; nothing was sent.
    """
    counts = Counter(message.queue for message in messages)
    senders = {queue: _sender(environment, queue) for queue in counts}
    for message in messages:
        senders[message.queue](message)
    return dict(counts)


def _move_all(environment: Environment, queue: str, source: str, progress: Progress) -> int:
    """Have SQS move the messages, or wait for the end of a move that runs already.

    SQS doesn't know where the dead letters came from, as ProcessMessagesFunction sends them: it
    needs DestinationArn.
    https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_StartMessageMoveTask.html
    """
    client: SQSClient = environment.session.client("sqs")
    origin = environment.topology.queue(queue).arn
    if _newest_task(client, origin).get("Status") != "RUNNING":
        client.start_message_move_task(
            SourceArn=origin, DestinationArn=environment.topology.queue(source).arn
        )
    for _ in backoff(longest=0.5):
        task = _newest_task(client, origin)
        moved = int(task.get("ApproximateNumberOfMessagesMoved", 0))
        progress(moved)
        if task.get("Status") != "RUNNING":
            return moved
    raise AssertionError("unreachable: backoff yields for ever")


def _send_singly(
    environment: Environment, queue: str, matches: MessageFilter, progress: Progress
) -> int:
    # Only messages that are there now: one that fails again at once is not sent again.
    present = frozenset(one.id for one in list_messages(environment, (queue,), matches))
    if not present:
        return 0
    receiver, send, count = Receiver(environment, queue), _sender(environment, queue), 0
    for messages in receiver.receive(MessageFilter(present)):
        for message in messages:
            send(message)
        receiver.delete(messages)
        count += len(messages)
        progress(count)
    return count


def _sender(environment: Environment, queue: str) -> Callable[[QueuedMessage], object]:
    topology = environment.topology
    source = topology.source_of(queue)
    if source:
        sqs, url = environment.session.client("sqs"), topology.queue(source).url
        return lambda message: sqs.send_message(
            QueueUrl=url, MessageBody=message.body, MessageAttributes=message.own_attributes
        )
    sns, topic = environment.session.client("sns"), topology.topic_arn
    return lambda message: sns.publish(
        TopicArn=topic, Message=message.body, MessageAttributes=message.own_attributes
    )


def _newest_task(client: "SQSClient", origin: str) -> dict[str, Any]:
    tasks = client.list_message_move_tasks(SourceArn=origin, MaxResults=1).get("Results", [])
    return dict(tasks[0]) if tasks else {}
