"""SQS: dead-letter queues."""

from typing import Any

import pytest

from tests.parity.endpoint import Endpoint, code_of
from tests.parity.made.queues import Queue, Queues, values

GUIDE = "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide"
API = "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference"


def redrive_policy(arn: str, receives: int = 5) -> dict[str, object]:
    """A redrive policy."""
    return {"deadLetterTargetArn": arn, "maxReceiveCount": receives}


def fall(endpoint: Endpoint, queue: Queue, dead: Queue) -> list[dict[str, Any]]:
    """Receive a message until it lies in the dead-letter queue: each time, and there at last."""
    received: list[dict[str, Any]] = []
    letters: list[dict[str, Any]] = []

    def lies_there() -> bool:
        for message in queue.receive(WaitTimeSeconds=0):
            received.append(message)
            queue.give_back(message)
        letters.extend(dead.receive(WaitTimeSeconds=0))
        return bool(letters)

    endpoint.until(lies_there, "the message in the dead-letter queue")
    return [*received, *letters]


@pytest.mark.behaviour(f"{GUIDE}/sqs-dead-letter-queues.html")
def test_after_its_last_receive_a_message_moves_to_the_dead_letter_queue_as_it_was_sent(
    queues: Queues, endpoint: Endpoint
) -> None:
    dead = queues.make()
    queue = queues.make(RedrivePolicy=redrive_policy(dead.arn, 2))
    queue.send("poison", type="alert")

    *received, letter = fall(endpoint, queue, dead)

    counts = [one["Attributes"]["ApproximateReceiveCount"] for one in received]
    assert counts == ["1", "2"]
    assert (letter["Body"], values(letter)) == ("poison", {"type": "alert"})


@pytest.mark.behaviour(f"{GUIDE}/sqs-dead-letter-queues.html")
def test_a_message_that_moves_to_the_dead_letter_queue_keeps_the_time_at_which_it_was_sent(
    queues: Queues, endpoint: Endpoint
) -> None:
    dead = queues.make()
    queue = queues.make(RedrivePolicy=redrive_policy(dead.arn, 1))
    queue.send("old")

    received, letter = fall(endpoint, queue, dead)

    assert letter["Attributes"]["SentTimestamp"] == received["Attributes"]["SentTimestamp"]


@pytest.mark.behaviour(f"{API}/API_StartMessageMoveTask.html")
def test_what_was_sent_straight_to_a_dead_letter_queue_is_moved_to_the_queue_that_is_named(
    queues: Queues, endpoint: Endpoint
) -> None:
    dead = queues.make()
    queue = queues.make(RedrivePolicy=redrive_policy(dead.arn))
    for body in ("a", "b", "c"):
        dead.send(body, type="alert")

    dead.sqs.start_message_move_task(SourceArn=dead.arn, DestinationArn=queue.arn)

    moved = queue.collect(3)
    assert sorted(one["Body"] for one in moved) == ["a", "b", "c"]
    assert [values(one) for one in moved] == [{"type": "alert"}] * 3
    endpoint.until(lambda: newest_task(dead)["Status"] == "COMPLETED", "the end of the task")
    assert newest_task(dead)["ApproximateNumberOfMessagesMoved"] == 3


@pytest.mark.behaviour(f"{API}/API_StartMessageMoveTask.html")
def test_messages_are_moved_out_of_dead_letter_queues_alone(queues: Queues) -> None:
    queue, other = queues.make(), queues.make()

    code = code_of(
        lambda: queue.sqs.start_message_move_task(SourceArn=queue.arn, DestinationArn=other.arn)
    )

    assert code == "InvalidParameterValue"


@pytest.mark.behaviour(f"{GUIDE}/sqs-dead-letter-queues.html")
def test_a_redrive_policy_that_names_no_queue_is_refused(queues: Queues) -> None:
    missing = f"{queues.make().arn}-missing"

    # No page names the code.
    assert code_of(lambda: queues.make(RedrivePolicy=redrive_policy(missing)))


@pytest.mark.behaviour(f"{GUIDE}/sqs-dead-letter-queues.html")
def test_a_dead_letter_queue_whose_redrive_allow_policy_denies_all_takes_no_source(
    queues: Queues,
) -> None:
    dead = queues.make(RedriveAllowPolicy={"redrivePermission": "denyAll"})

    # No page names the code.
    assert code_of(lambda: queues.make(RedrivePolicy=redrive_policy(dead.arn)))


def newest_task(queue: Queue) -> dict[str, Any]:
    """The newest move out of a queue."""
    tasks = queue.sqs.list_message_move_tasks(SourceArn=queue.arn, MaxResults=1)
    return dict(tasks["Results"][0])
