"""Invoices and ships orders."""

import json
import os
from typing import Any

import boto3

sqs = boto3.client("sqs")


def invoice(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Invoice each order. The other orders of a batch don't suffer from one without a price."""
    failed = []
    for record in event["Records"]:
        try:
            order = json.loads(record["body"])
            _done({"invoiced": order["id"], "amount": order["quantity"] * order["price"]})
        except KeyError as missing:
            print(f"order {record['body']} has no {missing}")
            failed.append({"itemIdentifier": record["messageId"]})
    return {"batchItemFailures": failed}


def ship(event: dict[str, Any], context: object) -> None:
    """Ship each order."""
    for record in event["Records"]:
        _done({"shipped": json.loads(record["body"])["id"]})


def _done(what: dict[str, Any]) -> None:
    sqs.send_message(QueueUrl=os.environ["DONE_QUEUE_URL"], MessageBody=json.dumps(what))
