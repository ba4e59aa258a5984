"""What SNS delivers, and to which subscription."""

from __future__ import annotations

from typing import Any

from mailroom_localstack.observation.current import Delivery, working
from mailroom_localstack.patches import patch


@patch("localstack.services.sns.publisher:TopicPublisher.publish")
def record_deliveries(original: Any, publisher: Any, context: Any, subscriber: Any) -> None:
    """Record which message of SNS became which message of a queue.

    LocalStack: tells neither its log nor the queue.

    Why: `/_mailroom/events` shows a message's way, and with raw delivery nothing in the queue's
    message says which message of the topic it was.

    Test: tests/integration/test_observation.py
    test_a_message_s_way_is_told_from_topic_to_queue_to_function
    """
    messages = context.messages if hasattr(context, "messages") else [context.message]
    delivery = Delivery([one.message_id for one in messages], subscriber)
    with working(delivery=delivery):
        original(publisher, context=context, subscriber=subscriber)
