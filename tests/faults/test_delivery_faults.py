"""Messages come twice, late, out of order, altered, or among poison."""

import json
import random
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from typing import Any

from tests.faults.checker import as_bodies
from tests.faults.run import LOAD, Run
from tests.support.flow import Event, until
from tests.support.locks import locked
from tests.support.poison import poison_for_notifications

_DEAD = ("NotificationDeadLetterQueue", "AlertDeadLetterQueue")


def test_the_same_messages_are_handled_by_several_consumers_at_once(run: Run) -> None:
    """Protection: the inbox, and rows inserted in one order, so that no two deadlock."""
    events = [event for event in run.events(2 * LOAD) if event["type"] == "notification"]
    bodies = as_bodies(events)
    run.checker.attempt(bodies)
    deliveries = [bodies[place : place + 50] for place in range(0, LOAD, 50)] * 3

    with ThreadPoolExecutor(6) as threads:
        answers = list(threads.map(lambda delivered: invoke(run, delivered), deliveries))
    run.checker.acknowledge(bodies)
    verdict = run.finish()

    assert answers == [{"batchItemFailures": []}] * len(deliveries)
    assert verdict.clean, verdict
    assert run.rows() == LOAD


def test_messages_that_become_visible_while_they_are_handled(
    run: Run, environment_dsn: str, soon_visible: None
) -> None:
    """Protection: the inbox. The second consumer finds the row, or waits for its commit."""
    with locked(environment_dsn, "LOCK TABLE messages IN SHARE MODE"):
        run.start(run.events(4))
        until(lambda: received(run) == {2}, "other consumers to receive what the first ones hold")
        run.start(run.events())
        rows = run.rows()
    verdict = run.finish()

    assert rows == 0
    assert verdict.clean, verdict


def test_the_same_events_are_published_again(run: Run) -> None:
    """Protection: source and id identify an event for ever, for every sender."""
    events = run.events()
    run.start(events)
    run.start([dict(reversed(event.items())) for event in events])
    for event in events[:20]:
        run.publish(json.dumps(event, indent=1), type=event["type"])

    verdict = run.finish()

    assert verdict.clean, verdict
    assert run.rows() == LOAD


def test_the_same_ids_come_with_other_content(run: Run) -> None:
    """Protection: the digest. Another content is not taken for a repeat, nor overwrites."""
    events = run.events()
    others = [{**event, "subject": "other"} for event in events[::10]]
    run.start(events)
    run.start(others)

    verdict = run.finish()

    assert verdict.clean, verdict
    assert run.rows() == LOAD
    assert len(run.messages(_DEAD)) == len(others)


def test_messages_come_in_another_order(run: Run) -> None:
    """Protection: no message's row depends on another's."""
    events = run.events()
    random.shuffle(events)
    sqs = run.flow.environment.session.client("sqs")
    bodies = as_bodies(events)
    run.checker.attempt(bodies)
    for place in range(0, LOAD, 10):
        for kind in ("notification", "alert"):
            batch = [event for event in events[place : place + 10] if event["type"] == kind]
            url = run.flow.environment.outputs[f"{kind.capitalize()}QueueUrl"]
            if batch:
                sqs.send_message_batch(QueueUrl=url, Entries=delayed(batch))
    run.checker.acknowledge(bodies)
    run.start(run.events(10))

    verdict = run.finish()

    assert verdict.clean, verdict
    assert run.rows() == LOAD + 10


def test_poison_among_good_messages(run: Run) -> None:
    """Protection: what can never succeed is set aside, and its batch-mates are committed once."""
    run.start(run.events())
    for _ in range(5):
        for body in poison_for_notifications().values():
            run.put("NotificationQueue", run.marked(body), type="notification")

    verdict = run.finish()

    assert verdict.clean, verdict
    assert run.rows() == LOAD
    assert len(run.messages(_DEAD)) == 20


def received(run: Run) -> set[int]:
    """How often the messages on the queues were received."""
    return {message["received"] for message in run.messages()}


def invoke(run: Run, bodies: list[str]) -> Any:
    """Hand messages to ProcessMessagesFunction, as an event source mapping does.

    The same body is the same message, however often it is delivered.
    """
    queue = run.flow.environment.outputs["NotificationQueueUrl"].rpartition("/")[2]
    records = [
        {
            "messageId": f"{run.source}/{sha256(body.encode()).hexdigest()}",
            "receiptHandle": "none",
            "body": body,
            "attributes": {"ApproximateReceiveCount": "1"},
            "messageAttributes": {},
            "eventSource": "aws:sqs",
            "eventSourceARN": f"arn:aws:sqs:us-east-1:000000000000:{queue}",
        }
        for body in bodies
    ]
    answer = run.flow.environment.session.client("lambda").invoke(
        FunctionName=run.flow.environment.outputs["ProcessMessagesFunctionName"],
        Payload=json.dumps({"Records": records}),
    )
    return json.loads(answer["Payload"].read())


def delayed(events: list[Event]) -> list[Any]:
    """Entries of a batch, each of which becomes visible at another time."""
    return [
        {"Id": str(n), "MessageBody": body, "DelaySeconds": random.randrange(3)}
        for n, body in enumerate(as_bodies(events))
    ]
