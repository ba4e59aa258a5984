"""SNS: who gets a message, and what of it."""

import pytest
from botocore.exceptions import ClientError

from tests.parity.made.queues import Queues, values
from tests.parity.made.topics import Topics, subscribed

# Numbers, white space, repeated keys and characters that a parser would not give back.
BODY = ' {"a": 1.0,\n\t"b": 12345678901234567890, "b": "\\u00e9é📬"}\n'
UNROUTED = {"type": [{"anything-but": ["notification", "alert"]}, {"exists": False}]}


@pytest.mark.behaviour(
    "https://docs.aws.amazon.com/sns/latest/dg/sns-subscription-filter-policies.html"
)
def test_a_message_goes_to_every_queue_whose_filter_policy_its_attributes_match_and_to_no_other(
    topics: Topics, queues: Queues
) -> None:
    topic = topics.make()
    alerts = subscribed(topic, queues, FilterPolicy={"type": ["alert"]})
    both = subscribed(topic, queues, FilterPolicy={"type": ["alert", "notification"]})

    topic.publish("for one", type="notification", batch_id="1")
    topic.publish("for both", type="alert", batch_id="1")

    assert sorted(one["Body"] for one in both.collect(2)) == ["for both", "for one"]
    assert [one["Body"] for one in alerts.collect()] == ["for both"]
    assert alerts.receive() == []


@pytest.mark.behaviour("https://docs.aws.amazon.com/sns/latest/dg/attribute-key-matching.html")
def test_anything_but_and_exists_false_together_catch_what_has_another_type_or_none(
    topics: Topics, queues: Queues
) -> None:
    topic = topics.make()
    unrouted = subscribed(topic, queues, FilterPolicy=UNROUTED)

    topic.publish("routed", type="alert")
    topic.publish("of another type", type="greeting")
    topic.publish("without a type", batch_id="1")

    bodies = sorted(one["Body"] for one in unrouted.collect(2))
    assert bodies == ["of another type", "without a type"]
    assert unrouted.receive() == []


@pytest.mark.behaviour("https://docs.aws.amazon.com/sns/latest/dg/attribute-key-matching.html")
def test_a_message_without_any_attribute_passes_no_filter_policy_not_even_exists_false(
    topics: Topics, queues: Queues
) -> None:
    topic = topics.make()
    unrouted = subscribed(topic, queues, FilterPolicy=UNROUTED)

    topic.publish("without any attribute")
    topic.publish("without a type", batch_id="1")

    assert [one["Body"] for one in unrouted.collect()] == ["without a type"]
    assert unrouted.receive() == []


@pytest.mark.behaviour(
    "https://docs.aws.amazon.com/sns/latest/dg/sns-large-payload-raw-message-delivery.html"
)
def test_raw_delivery_hands_over_the_body_as_it_was_sent_with_its_attributes(
    topics: Topics, queues: Queues
) -> None:
    topic = topics.make()
    queue = subscribed(topic, queues)

    topic.publish(BODY, type="alert", batch_id="é 1")

    [message] = queue.collect()
    assert message["Body"] == BODY
    assert values(message) == {"type": "alert", "batch_id": "é 1"}


@pytest.mark.behaviour(
    "https://docs.aws.amazon.com/sns/latest/dg/subscription-filter-policy-constraints.html"
)
def test_a_filter_policy_with_an_operator_that_does_not_exist_is_refused(
    topics: Topics, queues: Queues
) -> None:
    topic = topics.make()

    with pytest.raises(ClientError) as refused:
        subscribed(topic, queues, FilterPolicy={"type": [{"starts-with": "alert"}]})

    assert refused.value.response["Error"]["Code"] == "InvalidParameter"


@pytest.mark.behaviour(
    "https://docs.aws.amazon.com/sns/latest/dg/subscribe-sqs-queue-to-sns-topic.html"
)
def test_a_queue_whose_policy_does_not_let_the_topic_in_gets_nothing_from_it(
    topics: Topics, queues: Queues
) -> None:
    topic = topics.make()
    closed, dead = queues.make(), queues.make(sender=topic.arn)
    topic.subscribe(closed, RedrivePolicy={"deadLetterTargetArn": dead.arn})

    topic.publish("undeliverable", type="alert")

    assert [one["Body"] for one in dead.collect()] == ["undeliverable"]
    assert closed.receive() == []


@pytest.mark.behaviour("https://docs.aws.amazon.com/sns/latest/dg/sns-dead-letter-queues.html")
def test_what_is_for_a_queue_that_is_gone_goes_to_the_dead_letter_queue_of_the_subscription(
    topics: Topics, queues: Queues
) -> None:
    topic = topics.make()
    gone, dead = queues.make(sender=topic.arn), queues.make(sender=topic.arn)
    topic.subscribe(gone, RedrivePolicy={"deadLetterTargetArn": dead.arn})
    gone.sqs.delete_queue(QueueUrl=gone.url)

    topic.publish(BODY, type="alert")

    [message] = dead.collect()
    assert message["Body"] == BODY
    assert values(message) == {"type": "alert"}
