"""Gathers a batch of messages from files, and starts the execution that sends it."""

import json
import re
import secrets
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from mailroom.environments.environment import Environment
from mailroom.errors import Refused
from mailroom.executions.history import execution_arn
from mailroom.project import Project
from mailroom.workflow.input_files import likely_cause, read_input
from mailroom.workflow.validation import Report, refuse_problems, validate_file

# https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
STATE_LIMIT = 256 * 1024
_BATCH_ID = re.compile(r"[A-Za-z0-9_-]{1,80}")


@dataclass(frozen=True)
class Batch:
    """A batch of valid messages.

    Attributes:
        id: The batch's id, and the name of its execution.
        path: JSON Lines file of the messages.
        report: The validator's report.
    """

    id: str
    path: Path
    report: Report


def new_batch_id() -> str:
    """An id that no other batch has, and that sorts by time."""
    return f"{datetime.now(UTC):%Y%m%dT%H%M%S}-{secrets.token_hex(4)}"


def gather_batch(project: Project, files: Sequence[str], folder: Path) -> Batch:
    """Copy files into one batch and validate all of them.

    Args:
        project: The checkout.
        files: Paths; `-` is standard input.
        folder: A temporary folder for the batch's files.

    Raises:
        Refused: A file can't be read, a line is not a valid message, or there is no message.
    """
    return gather_streams(project, shown_names(files), [read_input(one) for one in files], folder)


def gather_streams(
    project: Project, shown: Sequence[str], streams: Sequence[Iterable[bytes]], folder: Path
) -> Batch:
    """The same of files that are being read, of which `shown` are the names."""
    batch_id = new_batch_id()
    path = folder / f"{batch_id}.jsonl"
    copies = [folder / f"{number}.jsonl" for number in range(len(shown))]
    for stream, copy in zip(streams, copies, strict=True):
        with copy.open("wb") as target:
            target.writelines(stream)
    reports = [validate_file(project, copy, name) for name, copy in zip(shown, copies, strict=True)]
    causes = [
        cause
        for report, copy, name in zip(reports, copies, shown, strict=True)
        if report.problem_count and (cause := likely_cause(copy, name))
    ]
    refuse_problems(reports, causes)
    with path.open("wb") as batch:
        for copy in copies:
            with copy.open("rb") as content:
                shutil.copyfileobj(content, batch)
            batch.write(b"\n")
    report = reports[0] if len(reports) == 1 else validate_file(project, path, "the batch")
    refuse_nothing(report.valid, shown)
    return Batch(batch_id, path, report)


def shown_names(files: Sequence[str]) -> list[str]:
    """The names of files for a person."""
    return ["standard input" if name == "-" else name for name in files]


def refuse_nothing(count: int, shown: Sequence[str]) -> None:
    """Check that files have messages.

    Raises:
        Refused: They have none.
    """
    if not count:
        raise Refused(f"{', '.join(shown)}: no message in it")


def start_execution(environment: Environment, batch: Batch) -> str:
    """Start the execution of a batch, which is in its input or, if too large, in MessagesBucket.

    Returns:
        The execution's ARN.
    """
    return start(environment, batch.id, inline_input(batch) or _upload(environment, batch))


def start(environment: Environment, batch_id: str, document: str) -> str:
    """Start the execution of a batch by its input, a JSON text; returns the execution's ARN.

    Raises:
        Refused: The batch was sent before, with another input, or has ended.
    """
    client = environment.session.client("stepfunctions")
    machine = environment.outputs["MessageWorkflowArn"]
    try:
        started = client.start_execution(stateMachineArn=machine, name=batch_id, input=document)
    except client.exceptions.ExecutionAlreadyExists:
        raise _sent_before(batch_id) from None
    return started["executionArn"]


def refuse_sent(environment: Environment, batch_id: str) -> None:
    """Check that a batch may still be uploaded.

    Raises:
        Refused: The id can't be a batch's, or its execution was started before.
    """
    if not _BATCH_ID.fullmatch(batch_id):
        raise Refused(f"{batch_id} can't be the id of a batch")
    client = environment.session.client("stepfunctions")
    machine = environment.outputs["MessageWorkflowArn"]
    try:
        client.describe_execution(executionArn=execution_arn(machine, batch_id))
    except client.exceptions.ExecutionDoesNotExist:
        return
    raise _sent_before(batch_id)


def _sent_before(batch_id: str) -> Refused:
    hint = f"what became of it: mailroom executions show {batch_id}"
    return Refused(f"batch {batch_id} was sent before", hint)


def inline_input(batch: Batch) -> str | None:
    """The batch as an execution's input; None when it is too large, or JSON numbers would change.

    The lines are copied as they are, as parsing them could change a number.
    """
    if not batch.report.exact_inline or batch.path.stat().st_size > STATE_LIMIT:
        return None
    lines = [line.strip() for line in batch.path.read_text().split("\n")]
    document = f'{{"messages":[{",".join(line for line in lines if line)}]}}'
    # Leave room for what the first state adds: the batch's id and an envelope.
    return document if len(document.encode()) <= STATE_LIMIT - 1024 else None


def _upload(environment: Environment, batch: Batch) -> str:
    bucket = environment.outputs["MessagesBucketName"]
    key = f"batches/{batch.id}.jsonl"
    environment.session.client("s3").upload_file(str(batch.path), bucket, key)
    return json.dumps({"source": {"bucket": bucket, "key": key}})
