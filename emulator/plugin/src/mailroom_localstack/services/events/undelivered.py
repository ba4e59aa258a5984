"""Events that a target of a rule doesn't take."""

from __future__ import annotations

import json
import logging
from typing import Any

from botocore.exceptions import ClientError

from mailroom_localstack.metric_records import record
from mailroom_localstack.patches import patch

LOG = logging.getLogger(__name__)
DENIED = ("AccessDenied", "AuthorizationError")
MISSING = ("NotFound", "NonExistentQueue", "QueueDoesNotExist", "DoesNotExist")


@patch("localstack.services.events.target:TargetSender.process_event")
def keep_undelivered_events(
    original: Any, sender: Any, event: dict[str, Any], *args: Any, **named: Any
) -> None:
    """Send an event that a target doesn't take to the target's dead-letter queue.

    LocalStack: drops it, and ignores the queue.

    AWS: sends it there, with the error as attributes, and counts failed invocations. Without a
    permission, or if the target is gone, it doesn't try again.
    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html

    Test: tests/parity/test_service_permissions.py
    test_an_event_that_a_target_may_not_be_given_goes_to_its_dead_letter_queue
    """
    try:
        original(sender, event.copy(), *args, **named)
    except ClientError as error:
        _count(sender, "FailedInvocations")
        queue = (sender.target.get("DeadLetterConfig") or {}).get("Arn")
        if queue is None:
            LOG.warning("%s: target %s: %s", sender.rule_arn, sender.target["Id"], error)
        else:
            _send(sender, queue, event, error)
        raise


def _send(sender: Any, queue: str, event: dict[str, Any], error: ClientError) -> None:
    from localstack.aws.connect import connect_to
    from localstack.utils.aws.arns import sqs_queue_url_for_arn

    client = connect_to(aws_access_key_id=sender.account_id, region_name=queue.split(":")[3]).sqs
    client = client.request_metadata(service_principal="events", source_arn=sender.rule_arn)
    attributes = {
        "RULE_ARN": sender.rule_arn,
        "TARGET_ARN": sender.target["Arn"],
        "ERROR_CODE": _code(error),
        "ERROR_MESSAGE": error.response["Error"]["Message"],
    }
    try:
        client.send_message(
            QueueUrl=sqs_queue_url_for_arn(queue),
            MessageBody=json.dumps({k: v for k, v in event.items() if k != "event-bus-name"}),
            MessageAttributes={
                name: {"DataType": "String", "StringValue": value}
                for name, value in attributes.items()
            },
        )
    except ClientError as reason:
        _count(sender, "InvocationsFailedToBeSentToDlq")
        LOG.warning("%s: dead-letter queue %s: %s", sender.rule_arn, queue, reason)
    else:
        _count(sender, "InvocationsSentToDlq")


def _code(error: ClientError) -> str:
    """EventBridge's code for an error of the target's service."""
    code = error.response["Error"]["Code"]
    if any(sign in code for sign in DENIED):
        return "NO_PERMISSIONS"
    return "NO_RESOURCE" if any(sign in code for sign in MISSING) else "SDK_CLIENT_ERROR"


def _count(sender: Any, metric: str) -> None:
    where = (sender.account_id, sender.region, "AWS/Events")
    record(*where, metric, 1, {"RuleName": sender.rule_name}, unit="Count")
