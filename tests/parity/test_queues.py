"""SQS: receiving, deleting, and what is refused."""

import threading
import time

import pytest

from tests.parity.endpoint import Endpoint, code_of
from tests.parity.made.queues import Queues

GUIDE = "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide"
API = "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference"
LARGEST = 1024 * 1024


@pytest.mark.behaviour(f"{GUIDE}/sqs-visibility-timeout.html")
def test_a_received_message_is_hidden_until_its_visibility_timeout_ends(
    queues: Queues, endpoint: Endpoint
) -> None:
    queue = queues.make(VisibilityTimeout=1)
    queue.send("a")

    first = queue.next()
    begun = time.monotonic()
    second = queue.next()

    assert second["MessageId"] == first["MessageId"]
    assert time.monotonic() - begun > 0.5


@pytest.mark.behaviour(f"{API}/API_ChangeMessageVisibilityBatch.html")
def test_a_message_that_is_given_back_comes_again_and_its_receives_are_counted(
    queues: Queues,
) -> None:
    queue = queues.make(VisibilityTimeout=300)
    queue.send("a")
    counts = []

    for _ in range(3):
        message = queue.next()
        counts.append(message["Attributes"]["ApproximateReceiveCount"])
        queue.give_back(message)

    assert counts == ["1", "2", "3"]


@pytest.mark.behaviour(f"{API}/API_DeleteMessageBatch.html")
def test_a_batch_of_deletions_does_what_it_can_and_names_what_failed(queues: Queues) -> None:
    queue = queues.make(VisibilityTimeout=0)
    queue.send("a")
    good = {"Id": "good", "ReceiptHandle": queue.next()["ReceiptHandle"]}
    bad = {"Id": "bad", "ReceiptHandle": "no such handle"}

    answer = queue.sqs.delete_message_batch(QueueUrl=queue.url, Entries=[bad, good])

    [failed] = answer["Failed"]
    assert [one["Id"] for one in answer["Successful"]] == ["good"]
    assert (failed["Id"], failed["Code"]) == ("bad", "ReceiptHandleIsInvalid")
    assert queue.receive() == []


@pytest.mark.behaviour(f"{API}/API_ReceiveMessage.html")
def test_no_more_than_ten_messages_are_received_or_deleted_at_a_time(queues: Queues) -> None:
    queue = queues.make()
    entries = [{"Id": str(number), "ReceiptHandle": "any"} for number in range(11)]

    codes = [
        code_of(lambda: queue.receive(MaxNumberOfMessages=11)),
        code_of(lambda: queue.sqs.delete_message_batch(QueueUrl=queue.url, Entries=entries)),
    ]

    assert codes == [
        "InvalidParameterValue",
        "AWS.SimpleQueueService.TooManyEntriesInBatchRequest",
    ]


@pytest.mark.behaviour(f"{GUIDE}/sqs-short-and-long-polling.html")
def test_a_long_poll_ends_as_soon_as_there_is_a_message(queues: Queues) -> None:
    queue = queues.make()
    sender = threading.Timer(1, queue.send, ["late"])

    sender.start()
    begun = time.monotonic()
    received = queue.receive(WaitTimeSeconds=15)
    sender.join()

    assert [one["Body"] for one in received] == ["late"]
    assert 0.5 < time.monotonic() - begun < 10


@pytest.mark.behaviour(f"{GUIDE}/quotas-messages.html")
def test_1_mb_is_sent_with_attributes_and_all_and_a_byte_more_is_refused(queues: Queues) -> None:
    queue = queues.make()
    body = "x" * (LARGEST - len("type" + "String" + "alert"))

    queue.send(body, type="alert")
    code = code_of(lambda: queue.send(body + "x", type="alert"))

    assert code == "InvalidParameterValue"
    assert queue.next()["Body"] == body


@pytest.mark.behaviour(f"{GUIDE}/sqs-message-metadata.html")
def test_a_message_has_ten_attributes_at_most(queues: Queues) -> None:
    queue = queues.make()
    attributes = {f"attribute_{number}": "x" for number in range(11)}

    code = code_of(lambda: queue.send("eleven", **attributes))
    attributes.popitem()
    queue.send("ten", **attributes)

    assert code == "InvalidParameterValue"
    assert len(queue.next()["MessageAttributes"]) == 10


@pytest.mark.behaviour(f"{API}/API_SendMessage.html")
def test_characters_that_xml_does_not_have_are_refused(queues: Queues) -> None:
    queue = queues.make()
    bodies = ("\0", "\x1f", "\uffff")

    codes = [code_of(lambda body=body: queue.send(body)) for body in bodies]  # type: ignore[misc]

    assert codes == ["InvalidMessageContents"] * 3


@pytest.mark.behaviour(f"{API}/API_ReceiveMessage.html")
def test_a_queue_that_is_not_there_is_told_by_its_error(queues: Queues) -> None:
    queue = queues.make()
    missing = f"{queue.url}-missing"

    code = code_of(lambda: queue.sqs.receive_message(QueueUrl=missing))

    assert code == "AWS.SimpleQueueService.NonExistentQueue"
