"""A redrive policy names a dead-letter queue that exists and that lets itself be named.

https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from localstack.aws.api import CommonServiceException

if TYPE_CHECKING:
    from localstack.aws.api import RequestContext

SETS_ATTRIBUTES = {"CreateQueue", "SetQueueAttributes"}


def look_at_queue(_chain: object, context: RequestContext, _response: object) -> None:
    """Refuse a redrive policy that leads nowhere.

    Raises:
        CommonServiceException: InvalidParameterValue, as SQS answers.
    """
    if context.service is None or context.service.service_name != "sqs":
        return
    request = context.service_request
    if context.operation.name in SETS_ATTRIBUTES:
        policy = (request.get("Attributes") or {}).get("RedrivePolicy")
        reason = policy and _why_not(_read(policy).get("deadLetterTargetArn"), _source(context))
        if reason:
            raise _invalid(
                f"Value {policy} for parameter RedrivePolicy is invalid. Reason: {reason}"
            )


def _why_not(target: Any, source: str) -> str | None:
    """Why a queue can't send its dead letters to a target; None where LocalStack has to look."""
    from localstack.services.sqs.models import sqs_stores

    parts = str(target).split(":")
    if len(parts) != 6:
        return None
    _, _, _, region, account, name = parts
    queue = sqs_stores[account][region].queues.get(name)
    if queue is None:
        return "Dead letter target does not exist."
    allowed = _read(queue.attributes.get("RedriveAllowPolicy"))
    permission = allowed.get("redrivePermission")
    is_named = source in allowed.get("sourceQueueArns", ())
    if permission == "denyAll" or (permission == "byQueue" and not is_named):
        return f"The redrive allow policy of {target} does not allow {source}."
    return None


def _source(context: RequestContext) -> str:
    request = context.service_request
    name = request.get("QueueName") or request["QueueUrl"].rpartition("/")[2]
    return f"arn:{context.partition}:sqs:{context.region}:{context.account_id}:{name}"


def _read(policy: str | None) -> dict[str, Any]:
    try:
        found = json.loads(policy or "{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _invalid(message: str) -> CommonServiceException:
    return CommonServiceException("InvalidParameterValue", message, 400, True)
