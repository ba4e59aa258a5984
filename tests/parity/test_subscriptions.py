"""SNS: subscriptions, and what is delivered to a web server."""

import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from tests.parity.endpoint import Endpoint
from tests.parity.made.queues import Queues
from tests.parity.made.topics import Topics, subscribed

API = "https://docs.aws.amazon.com/sns/latest/api"
RETRIES = "https://docs.aws.amazon.com/sns/latest/dg/sns-message-delivery-retries.html"


@pytest.mark.behaviour(f"{API}/API_GetTopicAttributes.html")
def test_a_topic_counts_its_subscriptions(
    endpoint: Endpoint, topics: Topics, queues: Queues
) -> None:
    topic = topics.make()
    subscribed(topic, queues)
    subscribed(topic, queues)
    topics.sns.subscribe(TopicArn=topic.arn, Protocol="email", Endpoint="a@example.com")

    def counts() -> tuple[str, str]:
        found = topics.sns.get_topic_attributes(TopicArn=topic.arn)["Attributes"]
        return found["SubscriptionsConfirmed"], found["SubscriptionsPending"]

    endpoint.until(lambda: counts() == ("2", "1"), "the counts")


@pytest.mark.behaviour(f"{API}/API_Subscribe.html")
def test_a_subscription_by_email_has_no_arn_until_it_is_confirmed(topics: Topics) -> None:
    topic = topics.make()

    answer = topics.sns.subscribe(TopicArn=topic.arn, Protocol="email", Endpoint="a@example.com")

    assert answer["SubscriptionArn"] == "pending confirmation"
    [listed] = topics.sns.list_subscriptions_by_topic(TopicArn=topic.arn)["Subscriptions"]
    assert listed["SubscriptionArn"] == "PendingConfirmation"


@pytest.mark.behaviour(RETRIES)
@pytest.mark.parametrize(("status", "requests"), [(500, 3), (429, 3), (404, 1)])
def test_a_delivery_to_a_web_server_is_tried_again_by_the_delivery_policy(
    endpoint: Endpoint, topics: Topics, queues: Queues, status: int, requests: int
) -> None:
    topic = topics.make()
    dead_letters = queues.make(sender=topic.arn)
    with answering(status) as (url, bodies):
        subscription = topics.sns.subscribe(
            TopicArn=topic.arn,
            Protocol="http",
            Endpoint=url,
            ReturnSubscriptionArn=True,
            Attributes={
                "DeliveryPolicy": '{"healthyRetryPolicy": {"numRetries": 2, "minDelayTarget": 1,'
                ' "maxDelayTarget": 1, "numNoDelayRetries": 1}}',
                "RedrivePolicy": f'{{"deadLetterTargetArn": "{dead_letters.arn}"}}',
            },
        )["SubscriptionArn"]
        confirm(endpoint, topics, topic.arn, bodies)
        topic.publish("hello")

        message = dead_letters.next()
        deliveries = [one for one in bodies if one.get("Type") == "Notification"]

    assert "hello" in message["Body"]
    assert [one["Message"] for one in deliveries] == ["hello"] * requests
    assert subscription.startswith(topic.arn)


def confirm(endpoint: Endpoint, topics: Topics, topic: str, bodies: list[dict[str, Any]]) -> None:
    """Confirm a subscription by the token that was sent to the web server."""
    endpoint.until(lambda: bodies, "the confirmation")
    topics.sns.confirm_subscription(TopicArn=topic, Token=bodies[0]["Token"])


@contextmanager
def answering(status: int) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """A web server that answers notifications with a status; its URL, and what it was sent."""
    import json

    bodies: list[dict[str, Any]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            bodies.append(body)
            self.send_response(status if body["Type"] == "Notification" else 200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Write nothing."""

    with ExitStack() as cleanup:
        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        cleanup.callback(server.server_close)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        cleanup.callback(server.shutdown)
        yield f"http://127.0.0.1:{server.server_port}/", bodies
