"""Pays, and takes a person's decision."""

import json
from typing import Any

import boto3

stepfunctions = boto3.client("stepfunctions")


class BankDown(Exception):
    """The bank doesn't answer; a later attempt may succeed."""


def pay(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Pay an amount; the first attempts fail, as many as `failures` says."""
    if event["attempt"] < event["failures"]:
        raise BankDown(f"attempt {event['attempt']} failed")
    return {"paid": event["amount"], "attempts": event["attempt"] + 1}


def decide(event: dict[str, Any], context: object) -> None:
    """Approve or reject a payment by the token that came with the request."""
    if event["approved"]:
        output = json.dumps({"by": event["by"]})
        stepfunctions.send_task_success(taskToken=event["token"], output=output)
    else:
        stepfunctions.send_task_failure(taskToken=event["token"], error="Rejected")
