"""`mailroom send`."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mailroom.cli.options import AsJson
from mailroom.cli.output import errors, show_json
from mailroom.environments.environment import Environment
from mailroom.progress import Progress
from mailroom.project import Project
from mailroom.wording import counted

if TYPE_CHECKING:
    from mailroom.workflow.chunks import Inputs

EXIT_DEAD_LETTERS = 3


def send(
    files: Annotated[
        list[str],
        typer.Argument(
            metavar="FILE…", help="CloudEvents as JSON Lines or JSON arrays; - is stdin."
        ),
    ],
    resume: Annotated[
        str,
        typer.Option(metavar="BATCH", help="Go on with an upload that was interrupted."),
    ] = "",
    json: AsJson = False,
) -> None:
    """Send messages through the workflow, and wait until all have settled.

    All files are one batch. Nothing is sent if a line is not a valid message. A batch of more than
    2,000 lines or 4 MiB is uploaded in chunks, in constant memory; --resume with the same files
    uploads those chunks only that are missing.
    """
    from mailroom.cli.connection import connected

    project = Project.find_workflow()
    environment = connected(project)
    result = send_files(project, environment, files, resume)
    if json:
        show_json(result)
    else:
        print_result(result)
    end_with_dead_letters(environment, result)


def send_files(
    project: Project, environment: Environment, files: list[str], resume: str = ""
) -> dict[str, Any]:
    """Send files as one batch, showing progress; returns the execution's output.

    `resume` is the id of a batch in chunks whose upload goes on.
    """
    from mailroom.cli.daily.executions.waiting import await_batch, watchable
    from mailroom.temporary import temporary_folder
    from mailroom.workflow.chunks import Inputs
    from mailroom.workflow.publishing import PublishedCount

    with temporary_folder(project.state) as folder:
        inputs = Inputs(files)
        if inputs.fit and not resume:
            batch = _gathered(project, environment, inputs, folder)
        else:
            batch = _uploaded(project, environment, inputs, folder, resume)
        published = PublishedCount(environment, batch.total)
        with watchable(batch.id):
            execution = batch.start()
            errors.print(f"batch {batch.id}: {counted(batch.count, 'message')}")
            errors.print(f"its execution: mailroom executions show {batch.id}", style="dim")
            try:
                return await_batch(environment, execution, batch.id, batch.total, published.count)
            except Exception as error:
                if told := _end_of_environment(project, environment, batch.id, error):
                    raise told from error
                raise


@dataclass(frozen=True)
class _Ready:
    """A batch that can be started; `total` is the number of its messages without duplicates."""

    id: str
    count: int
    total: int
    start: Callable[[], str]


def _gathered(project: Project, environment: Environment, inputs: "Inputs", folder: Path) -> _Ready:
    from mailroom.workflow.batch import gather_streams, start_execution

    batch = gather_streams(project, inputs.shown, inputs.streams(), folder)
    count = batch.report.valid
    total = count - batch.report.duplicates
    return _Ready(batch.id, count, total, lambda: start_execution(environment, batch))


def _uploaded(
    project: Project, environment: Environment, inputs: "Inputs", folder: Path, resume: str
) -> _Ready:
    from mailroom.workflow.batch import new_batch_id, refuse_sent
    from mailroom.workflow.chunks import Uploaded, start_chunks, upload_chunks

    if resume:
        refuse_sent(environment, resume)
    batch = resume or new_batch_id()
    with _resumable(batch), Progress(errors).waiting_for(f"Uploading batch {batch}") as step:

        def told(so_far: Uploaded) -> None:
            there = f", {so_far.there} of them there already" if so_far.there else ""
            step.update(f"{counted(so_far.messages, 'message')} in {so_far.chunks} chunks{there}")

        uploaded = upload_chunks(project, environment, inputs, batch, folder, told)
    count = uploaded.messages + uploaded.duplicates
    return _Ready(batch, count, uploaded.messages, lambda: start_chunks(environment, batch))


@contextmanager
def _resumable(batch: str) -> Iterator[None]:
    """Say how an upload that does not end goes on."""
    try:
        yield
    except BaseException:
        errors.print(f"the same files, without what is uploaded: add --resume {batch}")
        raise


def _end_of_environment(
    project: Project, environment: Environment, batch: str, error: Exception
) -> Exception | None:
    """What became of a batch if the error is that its environment has ended."""
    from mailroom.aws.error_translation import translate
    from mailroom.environments.embedded.environment import EmbeddedEnvironment
    from mailroom.environments.ending import end_of_batch
    from mailroom.errors import MailroomError, NoAnswer

    embedded = EmbeddedEnvironment(project)
    if environment.name != embedded.name or not isinstance(translate(error), NoAnswer):
        return None
    return MailroomError(*end_of_batch(embedded, batch))


def end_with_dead_letters(environment: Environment, result: dict[str, Any]) -> None:
    """End the command with exit code 3, and say where they are, if there are dead letters."""
    dead = [kind for kind in result["published"] if result[kind]["deadLettered"]]
    for kind in dead:
        queue = _dead_letters(environment, kind)
        errors.print(f"see the dead letters: mailroom dead-letters --queue {queue}")
    if dead:
        raise typer.Exit(EXIT_DEAD_LETTERS)


def _dead_letters(environment: Environment, message_type: str) -> str:
    topology = environment.topology
    source = topology.queue_of_type(message_type)
    return next((name for name in topology.queues if topology.source_of(name) == source), "")


def print_result(result: dict[str, Any]) -> None:
    """Print a row for each type: the number published, and the outcomes."""
    from mailroom.cli.daily.executions.tables import show_outcomes
    from mailroom.workflow.outcomes import of_output

    show_outcomes(of_output(result))
