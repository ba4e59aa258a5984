"""SQS: values that it refuses."""

import json

import pytest

from tests.parity.endpoint import Endpoint, as_given, code_of
from tests.parity.made import new_name
from tests.parity.made.queues import Queues

ATTRIBUTE, VALUE = "InvalidAttributeValue", "InvalidParameterValue"
LIMITS = {
    "DelaySeconds": "901",
    "MaximumMessageSize": "1048577",
    "MessageRetentionPeriod": "59",
    "ReceiveMessageWaitTimeSeconds": "21",
    "VisibilityTimeout": "43201",
}
API = "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference"


@pytest.mark.behaviour(f"{API}/API_SetQueueAttributes.html")
@pytest.mark.parametrize("name", LIMITS)
@pytest.mark.parametrize("text", ["", "abc"])
def test_an_attribute_of_a_queue_out_of_its_range_or_not_a_number_is_refused(
    queues: Queues, name: str, text: str
) -> None:
    queue = queues.make()

    refusal = code_of(
        lambda: queues.sqs.set_queue_attributes(
            QueueUrl=queue.url, Attributes={name: text or LIMITS[name]}
        )
    )

    assert refusal == ATTRIBUTE


@pytest.mark.behaviour(f"{API}/API_CreateQueue.html")
def test_a_queue_is_not_created_with_an_attribute_out_of_its_range(queues: Queues) -> None:
    assert code_of(lambda: queues.make(VisibilityTimeout=43_201)) == ATTRIBUTE


@pytest.mark.behaviour(f"{API}/API_CreateQueue.html")
@pytest.mark.parametrize("name", ["a..b", "a b", "a" * 81])
def test_a_queue_whose_name_has_other_characters_or_too_many_is_refused(
    queues: Queues, name: str
) -> None:
    assert code_of(lambda: queues.sqs.create_queue(QueueName=name)) == VALUE


@pytest.mark.behaviour(f"{API}/API_SendMessage.html")
def test_a_message_is_not_delayed_for_more_than_900_seconds(queues: Queues) -> None:
    queue = queues.make()

    refusal = code_of(
        lambda: queues.sqs.send_message(QueueUrl=queue.url, MessageBody="x", DelaySeconds=901)
    )

    assert refusal == VALUE


@pytest.mark.behaviour(f"{API}/API_SendMessageBatch.html")
def test_an_entry_that_is_delayed_for_too_long_fails_alone(queues: Queues) -> None:
    queue = queues.make()

    answer = queues.sqs.send_message_batch(
        QueueUrl=queue.url,
        Entries=[
            {"Id": "bad", "MessageBody": "bad", "DelaySeconds": 901},
            {"Id": "good", "MessageBody": "good"},
        ],
    )

    [failed] = answer["Failed"]
    assert (failed["Id"], failed["Code"], failed["SenderFault"]) == ("bad", VALUE, True)
    assert [one["Id"] for one in answer["Successful"]] == ["good"]
    assert [one["Body"] for one in queue.collect()] == ["good"]


@pytest.mark.behaviour(f"{API}/API_SendMessageBatch.html")
def test_a_batch_whose_every_entry_is_bad_is_answered_with_all_of_them(queues: Queues) -> None:
    queue = queues.make()
    entries = [{"Id": str(one), "MessageBody": "x", "DelaySeconds": 901} for one in range(2)]

    answer = queues.sqs.send_message_batch(QueueUrl=queue.url, Entries=entries)

    assert [one["Id"] for one in answer["Failed"]] == ["0", "1"]
    assert not answer.get("Successful")


@pytest.mark.behaviour(
    "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/"
    "sqs-message-metadata.html"
)
@pytest.mark.parametrize("name", ["number", "two..dots"])
def test_a_number_that_is_none_and_a_name_with_two_dots_are_refused(
    queues: Queues, name: str
) -> None:
    queue = queues.make()
    attribute = {"DataType": "Number", "StringValue": "abc" if name == "number" else "1"}

    refusal = code_of(
        lambda: queues.sqs.send_message(
            QueueUrl=queue.url, MessageBody="x", MessageAttributes={name: attribute}
        )
    )

    assert refusal == VALUE


@pytest.mark.behaviour(f"{API}/API_ChangeMessageVisibility.html")
def test_a_message_is_not_hidden_for_more_than_43200_seconds(queues: Queues) -> None:
    queue = queues.make()
    queue.sqs.send_message(QueueUrl=queue.url, MessageBody="x")
    handle = queue.next()["ReceiptHandle"]

    refusal = code_of(
        lambda: queues.sqs.change_message_visibility(
            QueueUrl=queue.url, ReceiptHandle=handle, VisibilityTimeout=43_201
        )
    )

    assert refusal == VALUE


@pytest.mark.behaviour(f"{API}/API_SetQueueAttributes.html")
@pytest.mark.parametrize("count", [0, 1_001])
def test_a_redrive_policy_of_no_receive_or_of_more_than_1000_is_refused(
    queues: Queues, count: int
) -> None:
    target = queues.make()
    policy = {"deadLetterTargetArn": target.arn, "maxReceiveCount": count}

    assert code_of(lambda: queues.make(RedrivePolicy=policy)) == VALUE


@pytest.mark.behaviour(
    "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/"
    "sqs-dead-letter-queues.html"
)
def test_a_standard_queue_is_no_dead_letter_queue_of_a_fifo_queue(queues: Queues) -> None:
    policy = {"deadLetterTargetArn": queues.make().arn, "maxReceiveCount": 3}

    refusal = code_of(
        lambda: queues.sqs.create_queue(
            QueueName=f"{new_name()}.fifo",
            Attributes={"FifoQueue": "true", "RedrivePolicy": json.dumps(policy)},
        )
    )

    assert refusal == VALUE


@pytest.mark.behaviour(f"{API}/CommonErrors.html")
def test_a_message_without_a_body_is_refused(endpoint: Endpoint, queues: Queues) -> None:
    queue = queues.make()

    refusal = code_of(lambda: as_given(endpoint, "sqs").send_message(QueueUrl=queue.url))

    assert refusal == "MissingParameter"


@pytest.mark.behaviour(f"{API}/API_SetQueueAttributes.html")
@pytest.mark.parametrize(
    "policy",
    [
        {"redrivePermission": "some"},
        {"redrivePermission": "byQueue"},
        {"redrivePermission": "byQueue", "sourceQueueArns": ["arn:aws:sqs:r:1:q"] * 11},
    ],
)
def test_a_redrive_allow_policy_of_no_queue_or_of_eleven_is_refused(
    queues: Queues, policy: dict[str, object]
) -> None:
    queue = queues.make()
    attributes = {"RedriveAllowPolicy": json.dumps(policy)}

    refusal = code_of(
        lambda: queue.sqs.set_queue_attributes(QueueUrl=queue.url, Attributes=attributes)
    )

    assert refusal in (ATTRIBUTE, VALUE)


@pytest.mark.behaviour(f"{API}/API_SetQueueAttributes.html")
@pytest.mark.parametrize("policy", ["{", "{}"])
def test_a_policy_that_is_none_is_refused(queues: Queues, policy: str) -> None:
    queue = queues.make()

    refusal = code_of(
        lambda: queue.sqs.set_queue_attributes(QueueUrl=queue.url, Attributes={"Policy": policy})
    )

    assert refusal == ATTRIBUTE


@pytest.mark.behaviour(f"{API}/API_ReceiveMessage.html")
@pytest.mark.parametrize("number", [0, 11])
def test_no_message_and_more_than_ten_are_not_received(
    endpoint: Endpoint, queues: Queues, number: int
) -> None:
    queue, client = queues.make(), as_given(endpoint, "sqs")

    refusal = code_of(
        lambda: client.receive_message(QueueUrl=queue.url, MaxNumberOfMessages=number)
    )

    assert refusal in (VALUE, "ReadCountOutOfRange")


@pytest.mark.behaviour(
    "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/"
    "sqs-message-metadata.html"
)
def test_bytes_that_are_given_as_text_are_refused(endpoint: Endpoint, queues: Queues) -> None:
    queue, client = queues.make(), as_given(endpoint, "sqs")
    attributes = {"a": {"DataType": "Binary", "StringValue": "text"}}

    refusal = code_of(
        lambda: client.send_message(
            QueueUrl=queue.url, MessageBody="x", MessageAttributes=attributes
        )
    )

    assert refusal == VALUE
