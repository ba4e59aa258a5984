"""SQS: what a queue does and refuses in a state that it is in."""

import pytest

from tests.parity.endpoint import Endpoint, code_of
from tests.parity.made import new_name
from tests.parity.made.queues import Queues

API = "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference"


@pytest.mark.behaviour(f"{API}/API_PurgeQueue.html")
def test_a_queue_is_purged_once_in_60_seconds(queues: Queues) -> None:
    queue = queues.make()

    codes = [code_of(lambda: queue.sqs.purge_queue(QueueUrl=queue.url)) for _ in range(2)]

    assert codes == ["", "AWS.SimpleQueueService.PurgeQueueInProgress"]


@pytest.mark.behaviour(f"{API}/API_ChangeMessageVisibility.html")
def test_the_visibility_of_a_message_that_is_visible_again_is_not_changed(queues: Queues) -> None:
    queue = queues.make()
    queue.send("x")
    message = queue.next()
    change = {"QueueUrl": queue.url, "ReceiptHandle": message["ReceiptHandle"]}
    queue.sqs.change_message_visibility(**change, VisibilityTimeout=0)

    code = code_of(lambda: queue.sqs.change_message_visibility(**change, VisibilityTimeout=30))

    assert code == "AWS.SimpleQueueService.MessageNotInflight"


@pytest.mark.behaviour(f"{API}/API_ReceiveMessage.html")
def test_an_attempt_to_receive_that_is_made_again_gets_the_same_messages(
    endpoint: Endpoint, queues: Queues
) -> None:
    sqs = endpoint.client("sqs")
    name = f"{new_name()}.fifo"
    url = sqs.create_queue(
        QueueName=name, Attributes={"FifoQueue": "true", "ContentBasedDeduplication": "true"}
    )["QueueUrl"]
    try:
        for body in ("one", "two"):
            sqs.send_message(QueueUrl=url, MessageBody=body, MessageGroupId="g")

        def receive(attempt: str) -> list[tuple[str, str]]:
            found = sqs.receive_message(
                QueueUrl=url,
                MaxNumberOfMessages=10,
                ReceiveRequestAttemptId=attempt,
                WaitTimeSeconds=1,
            ).get("Messages", [])
            return [(one["Body"], one["ReceiptHandle"]) for one in found]

        first = receive("a")
        other, again = receive("b"), receive("a")
        for _, handle in first:
            sqs.delete_message(QueueUrl=url, ReceiptHandle=handle)

        assert [body for body, _ in first] == ["one", "two"]
        assert [body for body, _ in again] == ["one", "two"]
        assert other == []
        assert receive("a") == []
    finally:
        sqs.delete_queue(QueueUrl=url)


@pytest.mark.behaviour(
    "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/"
    "sqs-visibility-timeout.html"
)
def test_a_message_is_hidden_for_twelve_hours_from_its_receive(
    endpoint: Endpoint, queues: Queues
) -> None:
    queue = queues.make()
    queue.send("x")
    received = queue.next()

    def hide() -> str:
        return code_of(
            lambda: queue.sqs.change_message_visibility(
                QueueUrl=queue.url,
                ReceiptHandle=received["ReceiptHandle"],
                VisibilityTimeout=43_200,
            )
        )

    endpoint.until(lambda: hide() == "InvalidParameterValue", "the first second to pass")
