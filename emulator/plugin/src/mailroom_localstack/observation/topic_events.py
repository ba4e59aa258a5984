"""What is published, and to which subscriptions it goes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from mailroom_localstack.observation.counters import COUNTERS
from mailroom_localstack.observation.current import Delivery
from mailroom_localstack.observation.observed_call import Call, queue_arn, queued_ids
from mailroom_localstack.observation.ring import Event
from mailroom_localstack.observation.text import digest_of, event_of, texts


def record_publication(call: Call, params: Any, result: Any) -> None:
    """A publication, and which subscriptions' filters it does not match.

    The filters are applied again when somebody asks.
    """
    from localstack.services.sns.models import sns_stores
    from localstack.services.sns.utils import get_topic_subscriptions

    topic = params.get("TopicArn") or params.get("TargetArn")
    if not topic:
        return
    sent = params.get("PublishBatchRequestEntries", [params])
    ids = {one["Id"]: one["MessageId"] for one in result.get("Successful", ())}
    published = [
        (ids.get(one.get("Id")) or result.get("MessageId"), one)
        for one in sent
        if "Id" not in one or one["Id"] in ids
    ]
    parts = topic.split(":")
    store = sns_stores[parts[4]][parts[3]]
    filters = [
        (one, store.subscription_filter_policy.get(one["SubscriptionArn"]))
        for one in get_topic_subscriptions(store, topic)
    ]
    COUNTERS.add("publish", call.source, topic, len(published))
    about = {"topic": topic, **call.about()}

    def make() -> Iterator[Event]:
        for message_id, one in published:
            yield {
                "kind": "publish",
                "message_id": message_id,
                "event": event_of(one.get("Message")),
                "digest": digest_of(one.get("Message")),
                "attributes": texts(one.get("MessageAttributes")),
                **about,
            }
            for subscription, policy in filters:
                if policy and not _matches(subscription, policy, one):
                    yield _delivery(subscription, message_id, None, matched=False, policy=policy)

    weight = sum(len(one.get("Message") or "") for one in sent)
    call.add(make, len(published) * (1 + len(filters)), weight)


def _matches(subscription: Any, policy: Any, message: Any) -> bool:
    from localstack.services.sns.publisher import PublishDispatcher

    check = PublishDispatcher.subscription_filter
    if subscription.get("FilterPolicyScope", "MessageAttributes") == "MessageAttributes":
        attributes = message.get("MessageAttributes") or {}
        return bool(check.check_filter_policy_on_message_attributes(policy, attributes))
    return bool(check.check_filter_policy_on_message_body(policy, str(message.get("Message"))))


def _delivery(
    subscription: Any, message_id: Any, queued: Any, matched: bool = True, **more: Any
) -> Event:
    return {
        "kind": "delivery",
        "topic": subscription["TopicArn"],
        "subscription": subscription["SubscriptionArn"],
        "to": subscription["Endpoint"],
        "message_id": message_id,
        "queue_message_id": queued,
        "matched": matched,
        **more,
    }


def record_delivery(call: Call, delivery: Delivery, params: Any, result: Any, ok: bool) -> None:
    """What SNS gave to a subscription's endpoint, or to its dead-letter queue."""
    subscription, topic = delivery.subscription, delivery.subscription["TopicArn"]
    url = params.get("QueueUrl")
    to = queue_arn(call.context, url) if url else subscription["Endpoint"]
    if not (url or call.context.operation.name == "Invoke"):
        return
    queued = queued_ids(params, result)
    if to != subscription["Endpoint"]:
        ids = [delivery.undelivered.pop(0) for _ in queued if delivery.undelivered]
        COUNTERS.add("dead", topic, to, len(ids))
        about = {"kind": "dead", "queue": None, "to": to, "topic": topic, "receive_count": None}
        call.add(
            lambda: [
                {**about, "message_id": one, "queue_message_id": sent, "delivered": ok}
                for one, sent in zip(ids, queued, strict=False)
            ],
            len(ids),
        )
        return
    ids = list(delivery.ids)
    delivery.undelivered = [
        one for place, one in enumerate(ids) if not (ok and (place >= len(queued) or queued[place]))
    ]
    failed = len(delivery.undelivered)
    COUNTERS.add("delivery", topic, to, len(ids) - failed)
    if failed:
        COUNTERS.add("undelivered", topic, to, failed)
    error = None if ok else str(getattr(call.context, "service_exception", None))
    more = {"error": error, "refused": call.mark.refused, "statement": call.mark.statement}
    more["trace"] = call.trace
    call.add(
        lambda: [
            _delivery(subscription, one, queued[place] if ok and place < len(queued) else None)
            | {"policy": None, **more}
            for place, one in enumerate(ids)
        ],
        len(ids),
    )
