"""SNS: values that it refuses."""

import json

import pytest

from tests.parity.endpoint import Endpoint, as_given, code_of
from tests.parity.made.queues import Queues
from tests.parity.made.topics import Topics, subscribed

API = "https://docs.aws.amazon.com/sns/latest/api"
INVALID = "InvalidParameter"


@pytest.mark.behaviour(f"{API}/API_Publish.html")
@pytest.mark.parametrize("subject", ["x" * 101, "two\nlines", "\x01"])
def test_a_subject_of_more_than_100_characters_or_with_control_characters_is_refused(
    topics: Topics, subject: str
) -> None:
    topic = topics.make()

    refusal = code_of(lambda: topics.sns.publish(TopicArn=topic.arn, Message="x", Subject=subject))

    assert refusal == INVALID


@pytest.mark.behaviour(f"{API}/API_PublishBatch.html")
def test_an_entry_with_a_bad_subject_or_a_bad_attribute_fails_alone(
    topics: Topics, queues: Queues
) -> None:
    topic = topics.make()
    queue = subscribed(topic, queues)
    attribute = {"DataType": "Number", "StringValue": "abc"}

    answer = topics.sns.publish_batch(
        TopicArn=topic.arn,
        PublishBatchRequestEntries=[
            {"Id": "subject", "Message": "x", "Subject": "x" * 101},
            {"Id": "good", "Message": "good"},
            {"Id": "attribute", "Message": "x", "MessageAttributes": {"a": attribute}},
        ],
    )

    assert [one["Id"] for one in answer["Successful"]] == ["good"]
    assert {one["Id"] for one in answer["Failed"]} == {"subject", "attribute"}
    assert all(one["SenderFault"] for one in answer["Failed"])
    assert [one["Body"] for one in queue.collect()] == ["good"]


@pytest.mark.behaviour(f"{API}/API_PublishBatch.html")
def test_a_batch_without_entries_is_refused(endpoint: Endpoint, topics: Topics) -> None:
    topic, client = topics.make(), as_given(endpoint, "sns")

    refusal = code_of(
        lambda: client.publish_batch(TopicArn=topic.arn, PublishBatchRequestEntries=[])
    )

    assert refusal == "EmptyBatchRequest"


@pytest.mark.behaviour("https://docs.aws.amazon.com/sns/latest/dg/numeric-value-matching.html")
def test_a_filter_policy_with_a_number_above_a_billion_is_refused(
    topics: Topics, queues: Queues
) -> None:
    topic, queue = topics.make(), queues.make()
    policy = json.dumps({"price": [{"numeric": [">", 10**9 + 1]}]})

    refusal = code_of(
        lambda: topics.sns.subscribe(
            TopicArn=topic.arn,
            Protocol="sqs",
            Endpoint=queue.arn,
            Attributes={"FilterPolicy": policy},
        )
    )

    assert refusal == INVALID


@pytest.mark.behaviour(f"{API}/API_SetTopicAttributes.html")
def test_a_signature_version_that_does_not_exist_is_refused(topics: Topics) -> None:
    topic = topics.make()

    refusal = code_of(
        lambda: topics.sns.set_topic_attributes(
            TopicArn=topic.arn, AttributeName="SignatureVersion", AttributeValue="3"
        )
    )

    assert refusal == INVALID


@pytest.mark.behaviour(f"{API}/API_Unsubscribe.html")
def test_an_empty_name_of_a_subscription_is_refused(topics: Topics) -> None:
    assert code_of(lambda: topics.sns.unsubscribe(SubscriptionArn="")) == INVALID


@pytest.mark.behaviour(f"{API}/API_SetTopicAttributes.html")
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Colour", "red"),
        ("DisplayName", "x" * 101),
        ("Policy", "{"),
        ("DeliveryPolicy", '{"http": {"defaultHealthyRetryPolicy": {"numRetries": 101}}}'),
    ],
)
def test_an_attribute_of_a_topic_that_it_does_not_have_or_of_a_bad_value_is_refused(
    topics: Topics, name: str, value: str
) -> None:
    topic = topics.make()

    refusal = code_of(
        lambda: topics.sns.set_topic_attributes(
            TopicArn=topic.arn, AttributeName=name, AttributeValue=value
        )
    )

    assert refusal == INVALID


@pytest.mark.behaviour("https://docs.aws.amazon.com/sns/latest/api/API_Subscribe.html")
def test_mail_to_no_address_is_refused(topics: Topics) -> None:
    topic = topics.make()

    refusal = code_of(
        lambda: topics.sns.subscribe(TopicArn=topic.arn, Protocol="email", Endpoint="nowhere")
    )

    assert refusal == INVALID
