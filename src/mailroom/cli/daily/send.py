"""`mailroom send`."""

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bar

from mailroom.cli.options import AsJson
from mailroom.cli.output import errors, show_json, show_table
from mailroom.environments.environment import Environment
from mailroom.progress import Progress
from mailroom.project import Project
from mailroom.wording import counted

if TYPE_CHECKING:
    from mailroom.workflow.batch import Batch

EXIT_DEAD_LETTERS = 3
_OUTCOMES = ("ingested", "alreadyThere", "deadLettered")


def send(
    files: Annotated[
        list[str], typer.Argument(metavar="FILE…", help="JSON Lines of CloudEvents; - is stdin.")
    ],
    json: AsJson = False,
) -> None:
    """Send messages through the workflow, and wait until all have settled.

    All files are one batch. Nothing is sent if a line is not a valid message.
    """
    from mailroom.cli.connection import connected

    project = Project.find()
    environment = connected(project)
    result = send_files(project, environment, files)
    if json:
        show_json(result)
    else:
        print_result(result)
    dead = [kind for kind in result["published"] if result[kind]["deadLettered"]]
    if dead:
        for kind in dead:
            errors.print(
                "see the dead letters: mailroom dead-letters --queue"
                f" {_dead_letters(environment, kind)}"
            )
        raise typer.Exit(EXIT_DEAD_LETTERS)


def send_files(project: Project, environment: Environment, files: list[str]) -> dict[str, Any]:
    """Send files as one batch, showing progress; returns the execution's output."""
    from mailroom.workflow.batch import gather_batch, start_execution

    with tempfile.TemporaryDirectory(prefix="mailroom-") as folder:
        batch = gather_batch(project, files, Path(folder))
        execution = start_execution(environment, batch)
        try:
            return _await_settlement(environment, batch, execution)
        except KeyboardInterrupt:
            errors.print(f"the batch goes on by itself: mailroom messages --batch {batch.id}")
            raise


def _await_settlement(environment: Environment, batch: "Batch", execution: str) -> dict[str, Any]:
    from mailroom.workflow.execution import await_execution

    count = batch.report.valid
    errors.print(f"batch {batch.id}: {counted(count, 'message')}")
    total = count - batch.report.duplicates
    if not errors.is_terminal:
        with Progress(errors).waiting_for(f"batch {batch.id}") as step:
            return await_execution(
                environment,
                execution,
                batch.id,
                lambda settled: step.update(f"{settled} of {total} settled"),
            )
    with _progress_bar() as bar:
        task = bar.add_task("settled", total=total)
        return await_execution(
            environment, execution, batch.id, lambda settled: bar.update(task, completed=settled)
        )


def _dead_letters(environment: Environment, message_type: str) -> str:
    topology = environment.topology
    source = topology.queue_of_type(message_type)
    return next((name for name in topology.queues if topology.source_of(name) == source), "")


def print_result(result: dict[str, Any]) -> None:
    """Print a row for each type: the number published, and the outcomes."""
    published = result["published"]
    show_table(
        ["type", "published", "ingested", "already there", "dead"],
        [
            [name, published[name], *(result[name][key] for key in _OUTCOMES)]
            for name in sorted(published)
        ],
    )


def _progress_bar() -> Bar:
    return Bar(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=errors,
        transient=True,
    )
