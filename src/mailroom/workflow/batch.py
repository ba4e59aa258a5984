"""Gathers a batch of messages from files, and starts the execution that sends it."""

import json
import secrets
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from mailroom.environments.environment import Environment
from mailroom.errors import Refused
from mailroom.project import Project
from mailroom.workflow.input_files import copy_input, likely_cause
from mailroom.workflow.validation import Report, refuse_problems, validate_file

# https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
STATE_LIMIT = 256 * 1024


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
    batch_id = new_batch_id()
    path = folder / f"{batch_id}.jsonl"
    copies = [folder / f"{number}.jsonl" for number in range(len(files))]
    for name, copy in zip(files, copies, strict=True):
        with copy.open("wb") as target:
            copy_input(name, target)
    shown = ["standard input" if name == "-" else name for name in files]
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
    if not report.valid:
        raise Refused(f"{', '.join(shown)}: no message in it")
    return Batch(batch_id, path, report)


def start_execution(environment: Environment, batch: Batch) -> str:
    """Start the execution of a batch, which is in its input or, if too large, in MessagesBucket.

    Returns:
        The execution's ARN.
    """
    document = inline_input(batch) or _upload(environment, batch)
    client = environment.session.client("stepfunctions")
    return client.start_execution(
        stateMachineArn=environment.outputs["MessageWorkflowArn"], name=batch.id, input=document
    )["executionArn"]


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
