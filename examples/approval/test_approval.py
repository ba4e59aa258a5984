"""A payment waits for a person's decision."""

import json
from typing import Any

import pytest

from mailroom.executions.execution import Execution
from mailroom.testing.running_application import RunningApplication


def pay(mailroom: RunningApplication, failures: int, approved: bool) -> Execution:
    """Ask for a payment, decide, and wait for the end."""
    stepfunctions = mailroom.session.client("stepfunctions")
    started = stepfunctions.start_execution(
        stateMachineArn=mailroom.arn("PaymentMachine"),
        input=json.dumps({"amount": 100, "failures": failures}),
    )
    token = request(mailroom)["token"]
    mailroom.invoke("DecideFunction", {"token": token, "approved": approved, "by": "Ada"})
    return mailroom.wait_for_execution(started["executionArn"])


def request(mailroom: RunningApplication) -> dict[str, Any]:
    """The request that lies in the person's queue."""
    sqs, url = mailroom.session.client("sqs"), mailroom.queue_url("ApprovalsQueue")
    [message] = mailroom.wait_for(
        lambda: sqs.receive_message(QueueUrl=url, WaitTimeSeconds=1).get("Messages"),
        "a request",
    )
    sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    found: dict[str, Any] = json.loads(message["Body"])
    return found


@pytest.mark.parametrize("failures", [0, 1])
def test_an_approved_payment_is_tried_until_it_succeeds(
    mailroom: RunningApplication, failures: int
) -> None:
    execution = pay(mailroom, failures, approved=True)

    assert json.loads(execution.output or "") == {"paid": 100, "attempts": failures + 1}


def test_a_rejected_payment_fails_and_nothing_is_paid(mailroom: RunningApplication) -> None:
    execution = pay(mailroom, failures=0, approved=False)

    assert (execution.status, execution.error) == ("FAILED", "Rejected")
    assert "Payment" not in [step.name for step in execution.steps]
