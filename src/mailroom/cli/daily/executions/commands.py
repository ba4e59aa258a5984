"""`mailroom executions list`, `show` and `stop`."""

from typing import Annotated

import typer

from mailroom.cli.daily.executions.tables import (
    execution_document,
    show_executions,
    show_outcomes,
    show_step,
    show_steps,
)
from mailroom.cli.options import AsJson
from mailroom.cli.output import console, errors, show_json
from mailroom.cli.times import Since
from mailroom.environments.environment import Environment
from mailroom.errors import Refused
from mailroom.executions.execution import Execution, Step
from mailroom.progress import Progress
from mailroom.project import Project

app = typer.Typer(help="Look at the workflow's executions.", no_args_is_help=True)

WORKFLOW = "MessageWorkflowArn"
Name = Annotated[
    str,
    typer.Argument(metavar="[EXECUTION]", help="Name, its beginning, or ARN; else the newest."),
]


@app.callback()
def _group() -> None:
    """Look at the workflow's executions: each is one batch."""


@app.command("list")
def list_(
    status: Annotated[
        str | None, typer.Option(help="Only with this status, such as RUNNING or FAILED.")
    ] = None,
    since: Since = None,
    limit: Annotated[
        int, typer.Option("--limit", "-n", min=1, help="Maximum number of rows.")
    ] = 20,
    json: AsJson = False,
) -> None:
    """List executions, the newest first."""
    from mailroom.executions.history import list_executions

    environment = _environment()
    with Progress(errors).waiting_for("Asking Step Functions"):
        wanted = status.upper() if status else None
        machine = environment.outputs[WORKFLOW]
        found = list_executions(
            environment.session, machine, limit=limit, status=wanted, since=since
        )
    if json:
        show_json([execution_document(one) for one in found])
        return
    show_executions(found)
    if not found:
        errors.print("there is no such execution; start one: mailroom send FILE", style="dim")


@app.command()
def show(
    execution: Name = "latest",
    state: Annotated[
        str | None,
        typer.Option("--state", "-s", help="Show input, output, error and log of this state."),
    ] = None,
    json: AsJson = False,
) -> None:
    """Show an execution: its states, what became of its messages, and why it failed."""
    from mailroom.executions.invocation_logs import InvocationLogs
    from mailroom.workflow.outcomes import outcomes

    environment = _environment()
    with Progress(errors).waiting_for("Reading the execution"):
        found = _read(environment, execution)
    logs = InvocationLogs(environment.session)
    if json:
        rows = [row.__dict__ for row in outcomes(environment, found)]
        show_json(execution_document(found, logs) | {"outcomes": rows})
        return
    if state:
        for step in _passes(found, state):
            show_step(step, logs)
        return
    length = f", {found.seconds:.1f} s" if found.seconds is not None else ""
    console.print(f"{found.name}  {found.status}{length}", highlight=False)
    show_steps(found)
    show_outcomes(outcomes(environment, found))
    failed = found.failed_step
    if failed:
        errors.print(f"[red bold]{failed.name}[/] failed: ", end="")
        errors.print(found.reason, markup=False)
        show_step(failed, logs)


def _environment() -> Environment:
    from mailroom.cli.connection import connected

    return connected(Project.find())


def _read(environment: Environment, wanted: str) -> Execution:
    from mailroom.executions.history import find_execution, read_execution

    arn = find_execution(environment.session, environment.outputs[WORKFLOW], wanted)
    return read_execution(environment.session, arn)


def _passes(execution: Execution, state: str) -> list[Step]:
    found = [step for step in execution.steps if step.name == state]
    if not found:
        names = dict.fromkeys(step.name for step in execution.steps)
        raise Refused(f"{execution.name} entered no state {state}", f"states: {', '.join(names)}")
    return found
