"""Sends messages back to where they came from."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from mailroom.dead_letters.queued_messages import Letter, Wanted, look
from mailroom.dead_letters.receiver import Taker
from mailroom.environments.environment import Environment
from mailroom.waiting import backoff

if TYPE_CHECKING:
    from mypy_boto3_sqs.client import SQSClient

# What the topic itself could not deliver, or to nobody, goes through the topic again.
SOURCES = {"NotificationDeadLetterQueue": "NotificationQueue", "AlertDeadLetterQueue": "AlertQueue"}

type Progress = Callable[[int], None]


def redrive(
    environment: Environment, queue: str, wanted: Wanted, progress: Progress = lambda count: None
) -> int:
    """Send messages back: whoever handles them has been mended.

    Twice does no harm: what is gone is not sent again, and what an interruption left in both
    places makes no second row.

    Args:
        environment: Where.
        queue: Logical name of the queue that they lie in.
        wanted: Which.
        progress: Told again and again how many were sent back.

    Returns:
        How many were sent back.
    """
    if wanted.everything and queue in SOURCES:
        return _move_all(environment, queue, SOURCES[queue], progress)
    return _send_singly(environment, queue, wanted, progress)


def _move_all(environment: Environment, queue: str, source: str, progress: Progress) -> int:
    """Have SQS do it, or wait for the end of what it is doing already.

    Our functions send dead letters themselves, so SQS does not know where they came from: it
    must be told. https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_StartMessageMoveTask.html
    """
    client: SQSClient = environment.session.client("sqs")
    origin = _arn(client, environment, queue)
    if not _is_running(client, origin):
        client.start_message_move_task(
            SourceArn=origin, DestinationArn=_arn(client, environment, source)
        )
    for _ in backoff(longest=0.5):
        task = _newest_task(client, origin)
        moved = int(task.get("ApproximateNumberOfMessagesMoved", 0))
        progress(moved)
        if task.get("Status") != "RUNNING":
            return moved
    raise AssertionError("unreachable: the wait has no end of its own")


def _send_singly(environment: Environment, queue: str, wanted: Wanted, progress: Progress) -> int:
    # Only what lies there now: what comes back at once is not sent round and round.
    lying = frozenset(letter.id for letter in look(environment, (queue,), wanted))
    if not lying:
        return 0
    taker, send, count = Taker(environment, queue), _sender(environment, queue), 0
    for letters in taker.take(Wanted(lying)):
        for letter in letters:
            send(letter)
        taker.delete(letters)
        count += len(letters)
        progress(count)
    return count


def _sender(environment: Environment, queue: str) -> Callable[[Letter], object]:
    if queue in SOURCES:
        sqs, url = environment.session.client("sqs"), environment.outputs[f"{SOURCES[queue]}Url"]
        return lambda letter: sqs.send_message(
            QueueUrl=url, MessageBody=letter.body, MessageAttributes=letter.own_attributes
        )
    sns, topic = environment.session.client("sns"), environment.outputs["MessagesTopicArn"]
    return lambda letter: sns.publish(
        TopicArn=topic, Message=letter.body, MessageAttributes=letter.own_attributes
    )


def _is_running(client: "SQSClient", origin: str) -> bool:
    return _newest_task(client, origin).get("Status") == "RUNNING"


def _newest_task(client: "SQSClient", origin: str) -> dict[str, Any]:
    tasks = client.list_message_move_tasks(SourceArn=origin, MaxResults=1).get("Results", [])
    return dict(tasks[0]) if tasks else {}


def _arn(client: "SQSClient", environment: Environment, queue: str) -> str:
    attributes = client.get_queue_attributes(
        QueueUrl=environment.outputs[f"{queue}Url"], AttributeNames=["QueueArn"]
    )
    return attributes["Attributes"]["QueueArn"]
