"""Waits for an execution, showing how many of its messages were published and have settled."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bar

from mailroom.cli.daily.executions.tables import execution_document, show_executions
from mailroom.cli.output import errors, show_json
from mailroom.environments.environment import Environment
from mailroom.errors import ExecutionFailed
from mailroom.executions.execution import Execution
from mailroom.progress import Progress
from mailroom.waiting import backoff


def await_batch(
    environment: Environment,
    arn: str,
    batch: str,
    total: int | None,
    published: Callable[[int], int] | None = None,
) -> dict[str, Any]:
    """Wait until an execution has ended; returns its output.

    Args:
        environment: The environment.
        arn: The execution's ARN.
        batch: The batch's id, which is the execution's name.
        total: The number of its messages; None if it isn't known.
        published: Returns how many were published, given how many have settled.

    Raises:
        ExecutionFailed: The execution did not succeed.
    """
    from mailroom.workflow.execution import await_execution

    with _shown(batch, total) as show:

        def settled(count: int) -> None:
            show(published(count) if published else None, count)

        return await_execution(environment, arn, batch, settled)


@contextmanager
def watchable(batch: str) -> Iterator[None]:
    """Say how to go on watching an execution if the command is interrupted: the batch goes on."""
    try:
        yield
    except KeyboardInterrupt:
        errors.print(f"watch it again: mailroom executions watch {batch}")
        errors.print(f"the batch goes on by itself: mailroom messages --batch {batch}")
        raise


@contextmanager
def _shown(batch: str, total: int | None) -> Iterator[Callable[[int | None, int], None]]:
    if not errors.is_terminal:
        with Progress(errors).waiting_for(f"batch {batch}") as step:
            yield lambda published, settled: step.update(_text(published, settled, total))
        return
    with _bar() as bar:
        publishing = bar.add_task("published", total=total, visible=False)
        settling = bar.add_task("settled", total=total)

        def show(published: int | None, settled: int) -> None:
            bar.update(publishing, completed=published or 0, visible=published is not None)
            bar.update(settling, completed=settled)

        yield show


def _text(published: int | None, settled: int, total: int | None) -> str:
    of = f" of {total}" if total is not None else ""
    if published is not None and not settled:
        return f"{published}{of} published"
    return f"{settled}{of} settled"


def _bar() -> Bar:
    return Bar(
        TextColumn("{task.description:9}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=errors,
        transient=True,
    )


def end_of_machine(environment: Environment, execution: Execution, json: bool) -> None:
    """Wait until an execution has ended that is no batch, and show it.

    Raises:
        ExecutionFailed: It did not succeed.
    """
    from mailroom.executions.history import read_execution

    with Progress(errors).waiting_for(f"Execution {execution.name}"):
        for _ in backoff():
            execution = read_execution(environment.session, execution.arn)
            if not execution.running:
                break
    if json:
        show_json(execution_document(execution))
    else:
        show_executions([execution])
    if execution.status != "SUCCEEDED":
        raise ExecutionFailed(
            f"{execution.name} is {execution.status}: {execution.reason}",
            f"see why: mailroom executions show {execution.name}",
        )
