"""Deliveries to web servers, which are tried again."""

from __future__ import annotations

import itertools
import json
import threading
import time
from collections.abc import Iterator, Mapping
from typing import Any

from mailroom_localstack.observation.current import CURRENT, working
from mailroom_localstack.patches import patch, replacement

PUBLISHER = "localstack.services.sns.publisher"
TOO_MANY_REQUESTS = 429
SERVER_ERROR = 500
# https://docs.aws.amazon.com/sns/latest/dg/sns-message-delivery-retries.html
DEFAULTS = {
    "minDelayTarget": 20,
    "maxDelayTarget": 20,
    "numRetries": 3,
    "numNoDelayRetries": 0,
    "numMinDelayRetries": 0,
    "numMaxDelayRetries": 0,
}


@patch(f"{PUBLISHER}:HttpTopicPublisher._publish")
def deliver_beside_others(original: Any, publisher: Any, context: Any, subscriber: Any) -> None:
    """Try a delivery to a web server again, by the delivery policy.

    LocalStack: tries once.

    AWS: tries again after a time, unless the server's answer is a client error other than 429; then
    the message goes to the dead-letter queue of the subscription.
    https://docs.aws.amazon.com/sns/latest/dg/sns-message-delivery-retries.html

    Test: tests/parity/test_subscriptions.py
    test_a_delivery_to_a_web_server_is_tried_again_by_the_delivery_policy
    """
    delivery, trace = CURRENT.delivery, CURRENT.trace
    policy = _policy(subscriber, context.topic_attributes or {})

    def deliver() -> None:
        with working(delivery=delivery, trace=trace):
            _policies.current = policy
            original(publisher, context=context, subscriber=subscriber)

    # It may wait for minutes, and SNS's other deliveries must not.
    threading.Thread(target=deliver, daemon=True, name="sns-http").start()


@replacement(f"{PUBLISHER}:requests")
def try_again(original: Any) -> Any:
    """Try a request of a delivery again.

    LocalStack: tries once.

    AWS: tries again after a time, by the delivery policy.
    https://docs.aws.amazon.com/sns/latest/dg/sns-message-delivery-retries.html

    Test: tests/parity/test_subscriptions.py
    test_a_delivery_to_a_web_server_is_tried_again_by_the_delivery_policy
    """
    return Requests(original)


class Requests:
    """The module `requests`, which tries again."""

    def __init__(self, requests: Any) -> None:
        """Send by the module."""
        self._requests = requests

    def __getattr__(self, name: str) -> Any:
        """What else the module has."""
        return getattr(self._requests, name)

    def post(self, url: str, **options: Any) -> Any:
        """Send a request until it succeeds, fails for good, or has been tried often enough.

        Raises:
            requests.RequestException: There was no answer.
        """
        # SNS's deliveries to phones use the module too, and have no policy.
        policy = getattr(_policies, "current", None)
        waits = iter(()) if policy is None else delays(policy)
        while True:
            wait = next(waits, None)
            try:
                answer = self._requests.post(url, **options)
            except self._requests.RequestException:
                if wait is None:
                    raise
            else:
                status = answer.status_code
                retried = status >= SERVER_ERROR or status == TOO_MANY_REQUESTS
                if wait is None or not retried:
                    return answer
            time.sleep(wait)


def delays(policy: Mapping[str, Any]) -> Iterator[float]:
    """The seconds before each retry: at once, at the least delay, growing, at the greatest."""
    given = {**DEFAULTS, **{name: value for name, value in policy.items() if value is not None}}
    least, greatest = given["minDelayTarget"], given["maxDelayTarget"]
    phases = [given[f"num{name}Retries"] for name in ("NoDelay", "MinDelay", "MaxDelay")]
    growing = max(given["numRetries"] - sum(phases), 0)
    yield from itertools.repeat(0, phases[0])
    yield from itertools.repeat(least, phases[1])
    for step in range(growing):
        share = step / (growing - 1) if growing > 1 else 1
        if policy.get("backoffFunction") in ("exponential", "geometric"):
            share = share**2
        yield least + (greatest - least) * share
    yield from itertools.repeat(greatest, phases[2])


def _policy(subscriber: Mapping[str, Any], topic: Mapping[str, Any]) -> Mapping[str, Any]:
    """How a delivery is tried again: as the subscription says, or the topic."""
    own = _read(subscriber.get("DeliveryPolicy")).get("healthyRetryPolicy")
    of_topic = _read(topic.get("DeliveryPolicy")).get("http") or {}
    if of_topic.get("disableSubscriptionOverrides"):
        own = None
    found = own or of_topic.get("defaultHealthyRetryPolicy") or {}
    return found if isinstance(found, Mapping) else {}


def _read(policy: Any) -> dict[str, Any]:
    try:
        found = json.loads(policy or "{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


_policies = threading.local()
