"""Filter policies of subscriptions."""

from typing import Any

from mailroom_localstack.patches import patch

FILTER = "localstack.services.sns.filter:SubscriptionFilter"


@patch(f"{FILTER}.check_filter_policy_on_message_attributes")
def filter_messages_without_attributes(
    original: Any, filters: Any, filter_policy: Any, message_attributes: Any
) -> bool:
    """Let a message without any attribute pass no filter policy on attributes.

    LocalStack: lets it pass `exists: false`.

    AWS: evaluates `exists: false` only if the message has another attribute.
    https://docs.aws.amazon.com/sns/latest/dg/attribute-key-matching.html

    Test: tests/parity/test_topics.py
    test_a_message_without_any_attribute_passes_no_filter_policy_not_even_exists_false
    """
    if filter_policy and not message_attributes:
        return False
    return bool(original(filters, filter_policy, message_attributes))
