"""The calls that a function's code makes, and the actions that they need."""

from pathlib import Path

import pytest

from mailroom.checking.code.calls import calls_of

CODE = """
import boto3

client = boto3.client({service!r})


def handler(event, context):
    client.{method}()
"""


def written(folder: Path, service: str, method: str) -> Path:
    package = folder / "package"
    package.mkdir()
    (package / "handler.py").write_text(CODE.format(service=service, method=method))
    return folder


@pytest.mark.parametrize(
    ("service", "method", "action"),
    [
        ("sns", "publish_batch", "sns:Publish"),
        ("sqs", "change_message_visibility_batch", "sqs:ChangeMessageVisibility"),
        ("sqs", "purge_queue", "sqs:PurgeQueue"),
        ("s3", "head_object", "s3:GetObject"),
        ("s3", "list_objects_v2", "s3:ListBucket"),
        ("s3", "upload_fileobj", "s3:PutObject"),
        ("secretsmanager", "update_secret", "secretsmanager:UpdateSecret"),
        ("stepfunctions", "send_task_success", "states:SendTaskSuccess"),
        ("events", "put_events", "events:PutEvents"),
        ("cloudwatch", "put_metric_data", "cloudwatch:PutMetricData"),
        ("kms", "decrypt", "kms:Decrypt"),
    ],
)
def test_a_call_needs_the_action_of_its_operation(
    service: str, method: str, action: str, tmp_path: Path
) -> None:
    (call,) = calls_of(written(tmp_path, service, method), "package.handler.handler")

    assert (call.method, call.action, call.line) == (method, action, 8)


@pytest.mark.parametrize(
    ("service", "method"), [("sqs", "publish"), ("sts", "get_caller_identity"), ("ec2", "run")]
)
def test_a_method_without_its_client_or_without_an_action_needs_nothing(
    service: str, method: str, tmp_path: Path
) -> None:
    assert calls_of(written(tmp_path, service, method), "package.handler.handler") == []
