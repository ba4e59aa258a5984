"""Redrive policies that SQS refuses."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from mailroom_localstack.patches import check

if TYPE_CHECKING:
    from mailroom_localstack.service_call import ServiceCall


@check("sqs", "CreateQueue", "SetQueueAttributes")
def refuse_redrive_policy_without_queue(context: ServiceCall) -> None:
    """Refuse a redrive policy whose dead-letter queue doesn't exist or doesn't allow it.

    LocalStack: accepts any dead-letter queue.

    AWS: answers InvalidParameterValue; a redrive allow policy says which queues may name the queue.
    https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html

    Test: tests/parity/test_dead_letters.py::test_a_redrive_policy_that_names_no_queue_is_refused
    """
    request = context.service_request
    policy = (request.get("Attributes") or {}).get("RedrivePolicy")
    reason = policy and _why_not(_read(policy).get("deadLetterTargetArn"), _source(context))
    if reason:
        raise _invalid(f"Value {policy} for parameter RedrivePolicy is invalid. Reason: {reason}")


def _why_not(target: Any, source: str) -> str | None:
    """Why a queue can't have a dead-letter queue; None if it can, or LocalStack finds out."""
    from localstack.aws.api.sqs import QueueAttributeName
    from localstack.services.sqs.models import sqs_stores

    parts = str(target).split(":")
    if len(parts) != 6:
        return None
    _, _, _, region, account, name = parts
    queue = sqs_stores[account][region].queues.get(name)
    if queue is None:
        return "Dead letter target does not exist."
    allowed = _read(queue.attributes.get(QueueAttributeName.RedriveAllowPolicy))
    permission = allowed.get("redrivePermission")
    is_named = source in allowed.get("sourceQueueArns", ())
    if permission == "denyAll" or (permission == "byQueue" and not is_named):
        return f"The redrive allow policy of {target} does not allow {source}."
    return None


def _source(context: ServiceCall) -> str:
    request = context.service_request
    name = request.get("QueueName") or request["QueueUrl"].rpartition("/")[2]
    return f"arn:{context.partition}:sqs:{context.region}:{context.account_id}:{name}"


def _read(policy: str | None) -> dict[str, Any]:
    try:
        found = json.loads(policy or "{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _invalid(message: str) -> Exception:
    from localstack.aws.api import CommonServiceException

    return CommonServiceException("InvalidParameterValue", message, 400, True)
