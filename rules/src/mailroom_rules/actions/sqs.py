"""Amazon SQS: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsqs.html"""

import base64
import binascii
import json
import re
from urllib.parse import urlsplit

from mailroom_rules.actions.scope import Params, Permission, Scope

RENAMED = {
    "SendMessageBatch": "SendMessage",
    "DeleteMessageBatch": "DeleteMessage",
    "ChangeMessageVisibilityBatch": "ChangeMessageVisibility",
}
MOVES = {"StartMessageMoveTask", "CancelMessageMoveTask", "ListMessageMoveTasks"}
REGION_IN_HOST = re.compile(r"(?:^sqs\.|^)([a-z]{2}(?:-[a-z]+)+-\d)\.(?!.*s3)")


def permissions(operation: str, params: Params, scope: Scope) -> list[Permission]:
    """What a call of SQS needs."""
    action = f"sqs:{RENAMED.get(operation, operation)}"
    if operation == "ListQueues":
        return [Permission(action, printed_resource=scope.arn("sqs", ""))]
    if operation in MOVES:
        return _move(operation, params)
    if "QueueUrl" in params:
        return [Permission(action, queue_arn(params["QueueUrl"], scope))]
    if "QueueName" in params:
        account = params.get("QueueOwnerAWSAccountId") or scope.account
        return [Permission(action, scope.arn("sqs", params["QueueName"], account=account))]
    return [Permission(action, known=False)]


def queue_arn(url: str, scope: Scope) -> str:
    """The ARN of the queue at a URL, whatever host the URL has.

    `https://sqs.eu-west-1.amazonaws.com/123456789012/name`, LocalStack's
    `http://sqs.eu-west-1.localhost.localstack.cloud:4566/000000000000/name`,
    `http://localhost:4566/queue/eu-west-1/000000000000/name`, or a bare name.
    """
    parts = urlsplit(url)
    path = [part for part in parts.path.split("/") if part]
    account = path[-2] if len(path) > 1 else scope.account
    in_host = REGION_IN_HOST.search(parts.hostname or "")
    region = in_host[1] if in_host else scope.region
    if len(path) == 4 and path[0] == "queue":
        region = path[1]
    return scope.arn("sqs", path[-1] if path else url, region=region, account=account)


def _move(operation: str, params: Params) -> list[Permission]:
    """A redrive reads and deletes from the dead-letter queue, and sends where it is told to.

    https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-configure-dead-letter-queue-redrive.html
    """
    source = params.get("SourceArn") or _source_of(params.get("TaskHandle", ""))
    if source is None:
        return [Permission(f"sqs:{operation}", known=False)]
    reading = (operation, "ReceiveMessage", "DeleteMessage", "GetQueueAttributes")
    needed = [Permission(f"sqs:{action}", source) for action in reading]
    if destination := params.get("DestinationArn"):
        needed.append(Permission("sqs:SendMessage", destination))
    return needed


def _source_of(task_handle: str) -> str | None:
    try:
        source = json.loads(base64.b64decode(task_handle)).get("sourceArn")
    except (binascii.Error, ValueError, AttributeError):
        return None
    return source if isinstance(source, str) else None
