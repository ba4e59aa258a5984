"""What SNS tells of subscriptions."""

from __future__ import annotations

from collections import Counter
from typing import Any

from mailroom_localstack.patches import patch

PROVIDER = "localstack.services.sns.provider:SnsProvider"
BY_EMAIL = {"email", "email-json"}
DELETED = "SubscriptionsDeleted"


@patch(f"{PROVIDER}.get_topic_attributes")
def count_subscriptions(
    original: Any, provider: Any, context: Any, topic_arn: str, **named: Any
) -> Any:
    """Count a topic's subscriptions.

    LocalStack: answers 0.

    AWS: counts those that are confirmed, pending and deleted.
    https://docs.aws.amazon.com/sns/latest/api/API_GetTopicAttributes.html

    Test: tests/parity/test_subscriptions.py::test_a_topic_counts_its_subscriptions
    """
    answer = original(provider, context, topic_arn=topic_arn, **named)
    store = provider.get_store(topic_arn.split(":")[4], context.region)
    pending = Counter(
        one["PendingConfirmation"]
        for one in list(store.subscriptions.values())
        if one["TopicArn"] == topic_arn
    )
    counts = {
        "SubscriptionsConfirmed": str(pending["false"]),
        "SubscriptionsPending": str(pending["true"]),
    }
    return {**answer, "Attributes": {**answer["Attributes"], **counts}}


@count_subscriptions.also(f"{PROVIDER}.unsubscribe")
def count_deleted(
    original: Any, provider: Any, context: Any, subscription_arn: str, **named: Any
) -> Any:
    """Count those that are deleted."""
    topic_arn = subscription_arn.rpartition(":")[0]
    store = provider.get_store(context.account_id, context.region)
    existed = subscription_arn in store.subscriptions
    answer = original(provider, context, subscription_arn=subscription_arn, **named)
    topic = store.topics.get(topic_arn)
    if existed and topic is not None and subscription_arn not in store.subscriptions:
        attributes = topic["attributes"]
        attributes[DELETED] = str(int(attributes.get(DELETED, 0)) + 1)
    return answer


@patch(f"{PROVIDER}.subscribe")
def leave_email_pending(
    original: Any,
    provider: Any,
    context: Any,
    topic_arn: str,
    protocol: str,
    *args: Any,
    **named: Any,
) -> Any:
    """Answer that a subscription by email is pending.

    LocalStack: answers its ARN.

    AWS: answers `pending confirmation` until it is confirmed, unless the caller asks for the ARN.
    https://docs.aws.amazon.com/sns/latest/api/API_Subscribe.html

    Test: tests/parity/test_subscriptions.py
    test_a_subscription_by_email_has_no_arn_until_it_is_confirmed
    """
    answer = original(provider, context, topic_arn, protocol, *args, **named)
    store = provider.get_store(topic_arn.split(":")[4], context.region)
    found = store.subscriptions.get(answer["SubscriptionArn"], {})
    pending = protocol in BY_EMAIL and found.get("PendingConfirmation") == "true"
    # LocalStack's CloudFormation deletes a subscription by the ARN that it was answered.
    asked_for = context.is_internal_call or context.service_request.get("ReturnSubscriptionArn")
    if pending and not asked_for:
        return {"SubscriptionArn": "pending confirmation"}
    return answer


@leave_email_pending.also(f"{PROVIDER}.list_subscriptions_by_topic")
def list_as_pending(original: Any, provider: Any, *args: Any, **named: Any) -> Any:
    """List it without an ARN, too."""
    answer = original(provider, *args, **named)
    listed = [_without_arn(provider, one) for one in answer.get("Subscriptions", ())]
    return {**answer, "Subscriptions": listed}


def _without_arn(provider: Any, listed: Any) -> Any:
    arn = listed["SubscriptionArn"]
    _, _, _, region, account, *_ = arn.split(":")
    found = provider.get_store(account, region).subscriptions.get(arn, {})
    pending = found.get("PendingConfirmation") == "true"
    return {**listed, "SubscriptionArn": "PendingConfirmation"} if pending else listed
