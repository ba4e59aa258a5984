"""SNS: what can be published, one by one and in batches."""

import pytest

from tests.parity.endpoint import code_of
from tests.parity.made.queues import Queues
from tests.parity.made.topics import Topics, subscribed

LARGEST = 256 * 1024


@pytest.mark.behaviour("https://docs.aws.amazon.com/sns/latest/dg/large-message-payloads.html")
def test_256_kb_are_published_with_attributes_and_all_and_a_byte_more_is_refused(
    topics: Topics, queues: Queues
) -> None:
    topic = topics.make()
    queue = subscribed(topic, queues)
    body = "x" * (LARGEST - len("type" + "String" + "alert"))

    topic.publish(body, type="alert")
    code = code_of(lambda: topic.publish(body + "x", type="alert"))

    assert code == "InvalidParameter"
    assert [one["Body"] for one in queue.collect()] == [body]


@pytest.mark.behaviour("https://docs.aws.amazon.com/sns/latest/api/API_PublishBatch.html")
def test_a_batch_names_each_of_its_messages_that_was_published(
    topics: Topics, queues: Queues
) -> None:
    topic = topics.make()
    queue = subscribed(topic, queues)

    answer = topic.publish_batch("a", "b", "c", type="alert")

    assert [one["Id"] for one in answer["Successful"]] == ["0", "1", "2"]
    assert not answer.get("Failed")
    assert sorted(one["Body"] for one in queue.collect(3)) == ["a", "b", "c"]


@pytest.mark.behaviour("https://docs.aws.amazon.com/sns/latest/api/API_PublishBatch.html")
def test_a_batch_of_more_than_ten_messages_or_256_kb_or_with_an_id_twice_is_refused(
    topics: Topics,
) -> None:
    topic = topics.make()
    twice = [{"Id": "same", "Message": "a"}, {"Id": "same", "Message": "b"}]

    codes = [
        code_of(lambda: topic.publish_batch(*("x",) * 11)),
        code_of(lambda: topic.publish_batch("x" * (LARGEST // 2), "x" * (LARGEST // 2 + 1))),
        code_of(
            lambda: topic.sns.publish_batch(TopicArn=topic.arn, PublishBatchRequestEntries=twice)
        ),
    ]

    assert codes == [
        "TooManyEntriesInBatchRequest",
        "BatchRequestTooLong",
        "BatchEntryIdsNotDistinct",
    ]
