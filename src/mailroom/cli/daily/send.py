"""`mailroom send`."""

from typing import Annotated, Any

import typer

from mailroom.cli.options import AsJson
from mailroom.cli.output import errors, show_json
from mailroom.environments.environment import Environment
from mailroom.project import Project
from mailroom.wording import counted

EXIT_DEAD_LETTERS = 3


def send(
    files: Annotated[
        list[str],
        typer.Argument(
            metavar="FILE…", help="CloudEvents as JSON Lines or JSON arrays; - is stdin."
        ),
    ],
    json: AsJson = False,
) -> None:
    """Send messages through the workflow, and wait until all have settled.

    All files are one batch. Nothing is sent if a line is not a valid message.
    """
    from mailroom.cli.connection import connected

    project = Project.find_workflow()
    environment = connected(project)
    result = send_files(project, environment, files)
    if json:
        show_json(result)
    else:
        print_result(result)
    end_with_dead_letters(environment, result)


def send_files(project: Project, environment: Environment, files: list[str]) -> dict[str, Any]:
    """Send files as one batch, showing progress; returns the execution's output."""
    from mailroom.cli.daily.executions.waiting import await_batch, watchable
    from mailroom.temporary import temporary_folder
    from mailroom.workflow.batch import gather_batch, start_execution
    from mailroom.workflow.publishing import PublishedCount

    with temporary_folder(project.state) as folder:
        batch = gather_batch(project, files, folder)
        count = batch.report.valid
        total = count - batch.report.duplicates
        published = PublishedCount(environment, total)
        with watchable(batch.id):
            execution = start_execution(environment, batch)
            errors.print(f"batch {batch.id}: {counted(count, 'message')}")
            errors.print(f"its execution: mailroom executions show {batch.id}", style="dim")
            try:
                return await_batch(environment, execution, batch.id, total, published.count)
            except Exception as error:
                if told := _end_of_environment(project, environment, batch.id, error):
                    raise told from error
                raise


def _end_of_environment(
    project: Project, environment: Environment, batch: str, error: Exception
) -> Exception | None:
    """What became of a batch if the error is that its environment has ended."""
    from mailroom.aws.error_translation import translate
    from mailroom.environments.embedded.ending import end_of_batch
    from mailroom.environments.embedded.environment import EmbeddedEnvironment
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
