"""The calls to AWS that a function's code makes, read without running it."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from mailroom.checking.code.modules import Module, reachable

# Service of the client → method → what it needs.
# https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
_ACTIONS: dict[str, dict[str, str]] = {
    "sns": {"publish": "sns:Publish", "publish_batch": "sns:Publish"},
    "sqs": {
        "change_message_visibility": "sqs:ChangeMessageVisibility",
        "change_message_visibility_batch": "sqs:ChangeMessageVisibility",
        "delete_message": "sqs:DeleteMessage",
        "delete_message_batch": "sqs:DeleteMessage",
        "get_queue_attributes": "sqs:GetQueueAttributes",
        "get_queue_url": "sqs:GetQueueUrl",
        "purge_queue": "sqs:PurgeQueue",
        "receive_message": "sqs:ReceiveMessage",
        "send_message": "sqs:SendMessage",
        "send_message_batch": "sqs:SendMessage",
    },
    "s3": {
        "delete_object": "s3:DeleteObject",
        "download_fileobj": "s3:GetObject",
        "get_object": "s3:GetObject",
        "head_object": "s3:GetObject",
        "list_objects_v2": "s3:ListBucket",
        "put_object": "s3:PutObject",
        "upload_fileobj": "s3:PutObject",
    },
    "secretsmanager": {
        "describe_secret": "secretsmanager:DescribeSecret",
        "get_secret_value": "secretsmanager:GetSecretValue",
        "put_secret_value": "secretsmanager:PutSecretValue",
        "update_secret": "secretsmanager:UpdateSecret",
    },
    "stepfunctions": {
        "send_task_failure": "states:SendTaskFailure",
        "send_task_heartbeat": "states:SendTaskHeartbeat",
        "send_task_success": "states:SendTaskSuccess",
        "start_execution": "states:StartExecution",
    },
    "events": {"put_events": "events:PutEvents"},
    "cloudwatch": {"put_metric_data": "cloudwatch:PutMetricData"},
}


@dataclass(frozen=True)
class Call:
    """A call of a client's method.

    Attributes:
        action: The permission that it needs.
    """

    method: str
    action: str
    path: Path
    line: int


def calls_of(functions: Path, handler: str) -> list[Call]:
    """What a handler and all that it imports of the functions' own code call.

    A method counts when it has the name of one of a service's operations, and a client of
    that service is made somewhere within reach.
    """
    modules = reachable(functions, handler.rpartition(".")[0])
    clients = {service for module in modules for service in _clients(module.tree)}
    methods = {
        method: action
        for service in sorted(clients)
        for method, action in _ACTIONS[service].items()
    }
    return [call for module in modules for call in _calls(module, methods)]


def _clients(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else None
            name = node.func.id if isinstance(node.func, ast.Name) else name
            if name and name.endswith("client") and node.args[0].value in _ACTIONS:
                yield str(node.args[0].value)


def _calls(module: Module, methods: dict[str, str]) -> Iterator[Call]:
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            method = node.func.attr
            if method in methods:
                yield Call(method, methods[method], module.path, node.lineno)
