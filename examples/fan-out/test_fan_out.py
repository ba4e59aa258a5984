"""What becomes of an order."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from mailroom.testing.running_application import RunningApplication


@pytest.fixture(autouse=True)
def empty_queues(mailroom: RunningApplication) -> Iterator[None]:
    yield
    mailroom.purge()


def publish(mailroom: RunningApplication, order: dict[str, Any], kind: str = "goods") -> None:
    mailroom.session.client("sns").publish(
        TopicArn=mailroom.arn("OrdersTopic"),
        Message=json.dumps(order),
        MessageAttributes={"kind": {"DataType": "String", "StringValue": kind}},
    )


def done(mailroom: RunningApplication, number: int) -> list[dict[str, Any]]:
    """What was done, once it is so much."""
    sqs, url, found = mailroom.session.client("sqs"), mailroom.queue_url("DoneQueue"), []

    def complete() -> bool:
        for message in sqs.receive_message(QueueUrl=url, WaitTimeSeconds=1).get("Messages", []):
            found.append(json.loads(message["Body"]))
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return len(found) >= number

    mailroom.wait_for(complete, f"{number} orders")
    return found


def test_goods_are_invoiced_and_shipped(mailroom: RunningApplication) -> None:
    publish(mailroom, {"id": 1, "quantity": 2, "price": 5})

    assert sorted(done(mailroom, 2), key=str) == [{"invoiced": 1, "amount": 10}, {"shipped": 1}]


def test_a_service_is_only_invoiced(mailroom: RunningApplication) -> None:
    publish(mailroom, {"id": 2, "quantity": 1, "price": 3}, kind="service")

    assert done(mailroom, 1) == [{"invoiced": 2, "amount": 3}]
    mailroom.wait_until_empty("ShipmentsQueue")


def test_an_order_without_a_price_is_a_dead_letter(mailroom: RunningApplication) -> None:
    # Once it is visible again, SQS moves it.
    sqs, queue = mailroom.session.client("sqs"), mailroom.queue_url("InvoicesQueue")
    sqs.set_queue_attributes(QueueUrl=queue, Attributes={"VisibilityTimeout": "1"})
    # Lambda's poll that began before with the old value takes this one.
    publish(mailroom, {"id": 0, "quantity": 1, "price": 1}, kind="service")
    done(mailroom, 1)

    publish(mailroom, {"id": 3, "quantity": 1}, kind="service")

    [letter] = mailroom.wait_for(mailroom.dead_letters, "a dead letter")
    assert json.loads(letter.body)["id"] == 3
    assert any("has no 'price'" in line for line in mailroom.logs("invoice"))
