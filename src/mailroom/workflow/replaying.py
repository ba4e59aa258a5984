"""Writes the messages of a batch into a file, to send them again."""

import json
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from mailroom.environments.environment import Environment
from mailroom.errors import Refused
from mailroom.executions.execution import Execution, document
from mailroom.executions.history import find_execution, read_execution
from mailroom.workflow.ingested import write_batch

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


def write_replay(environment: Environment, batch: str, folder: Path) -> Path:
    """Write a batch's messages into a JSON Lines file.

    Of a batch whose execution succeeded, or is no longer known to Step Functions, those that were
    ingested; of any other, all that were in the execution's input.

    Args:
        environment: The environment.
        batch: The batch's id, its beginning, the execution's ARN, or `latest`.
        folder: Folder of the file.

    Raises:
        Refused: There is no such batch, or nothing of it can be sent again.
    """
    machine = environment.outputs["MessageWorkflowArn"]
    execution = None
    with suppress(Refused):
        arn = find_execution(environment.session, machine, batch)
        execution = read_execution(environment.session, arn)
    if execution is None:
        return write_batch(environment.database, batch, folder)
    if execution.running:
        watch = f"mailroom executions watch {execution.name}"
        raise Refused(f"{execution.name} is running", f"watch it: {watch}")
    if execution.status == "SUCCEEDED":
        return write_batch(environment.database, execution.name, folder)
    return _write_input(environment, execution, folder / "replay.jsonl")


def _write_input(environment: Environment, execution: Execution, path: Path) -> Path:
    given = document(execution.input)
    source = given.get("source") if isinstance(given, dict) else None
    client = environment.session.client("s3")
    if isinstance(source, dict) and {"bucket", "prefix"} <= set(source):
        _write_chunks(client, source["bucket"], source["prefix"], path)
        return path
    if isinstance(source, dict) and {"bucket", "key"} <= set(source):
        client.download_file(source["bucket"], source["key"], str(path))
        return path
    messages = given.get("messages") if isinstance(given, dict) else None
    if not isinstance(messages, list) or not messages:
        raise Refused(f"the input of {execution.name} has no messages")
    path.write_text("".join(f"{json.dumps(message)}\n" for message in messages))
    return path


def _write_chunks(client: "S3Client", bucket: str, prefix: str, path: Path) -> None:
    key = f"{prefix.rstrip('/')}/manifest.json"
    try:
        manifest = json.loads(client.get_object(Bucket=bucket, Key=key)["Body"].read())
        with path.open("wb") as file:
            for chunk in manifest:
                client.download_fileobj(bucket, chunk["key"], file)
                file.write(b"\n")
    except (ClientError, ValueError, LookupError, TypeError) as error:
        raise Refused(f"the chunks of s3://{bucket}/{key} can't be read: {error}") from None
