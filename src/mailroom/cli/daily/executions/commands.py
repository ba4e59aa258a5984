"""`mailroom executions`."""

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
        machines = environment.state_machines
        found = list_executions(
            environment.session, machines, limit=limit, status=wanted, since=since
        )
    if json:
        show_json([execution_document(one) for one in found])
        return
    show_executions(found)
    if not found:
        how = "send FILE" if environment.is_workflow else "executions start INPUT"
        errors.print(f"there is no such execution; start one: mailroom {how}", style="dim")


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
    if environment.is_workflow:
        show_outcomes(outcomes(environment, found))
    failed = found.failed_step
    if failed:
        errors.print(f"[red bold]{failed.name}[/] failed: ", end="")
        errors.print(found.reason, markup=False)
        show_step(failed, logs)


@app.command()
def watch(execution: Name = "latest", json: AsJson = False) -> None:
    """Wait until an execution has ended, as `send` does, and show what became of its messages.

    Exit code 1 when it fails, 3 when messages are dead letters.
    """
    from mailroom.cli.daily.executions.waiting import await_batch, end_of_machine, watchable
    from mailroom.cli.daily.send import end_with_dead_letters, print_result

    environment = _environment()
    with Progress(errors).waiting_for("Reading the execution"):
        found = _read(environment, execution)
    if not environment.is_workflow:
        end_of_machine(environment, found, json)
        return
    with watchable(found.name):
        result = await_batch(environment, found.arn, found.name, _published(found))
    if json:
        show_json(result)
    else:
        print_result(result)
    end_with_dead_letters(environment, result)


@app.command()
def start(
    input: Annotated[
        str, typer.Argument(metavar="INPUT", help="JSON text, a file of JSON, or - for stdin.")
    ],
    name: Annotated[str | None, typer.Option(help="Its name, which is the batch's id.")] = None,
    machine: Annotated[
        str | None, typer.Option(help="State machine, if the application has several.")
    ] = None,
    json: AsJson = False,
) -> None:
    """Start an execution with an input of your own. `send` makes the input from messages."""
    from mailroom.cli.documents import read_document
    from mailroom.workflow.batch import new_batch_id

    text = read_document(input, "INPUT", "mailroom executions start '{\"messages\": []}'").text
    environment = _environment()
    batch = name or new_batch_id()
    with Progress(errors).waiting_for("Starting the execution"):
        arn = environment.session.client("stepfunctions").start_execution(
            stateMachineArn=environment.state_machine(machine), name=batch, input=text
        )["executionArn"]
    if json:
        show_json({"name": batch, "arn": arn})
    else:
        print(batch)
    errors.print(f"watch it: mailroom executions watch {batch}", style="dim")


@app.command()
def stop(
    execution: Name = "latest",
    error: Annotated[str, typer.Option(help="Name of the error that it ends with.")] = "Stopped",
    cause: Annotated[str, typer.Option(help="That error's cause.")] = "mailroom executions stop",
) -> None:
    """Stop an execution. Messages that it has published stay in their queues."""
    environment = _environment()
    with Progress(errors).waiting_for("Stopping the execution"):
        found = _read(environment, execution)
        if not found.running:
            raise Refused(f"{found.name} has ended: {found.status}")
        client = environment.session.client("stepfunctions")
        client.stop_execution(executionArn=found.arn, error=error, cause=cause)
    at_work = ", ".join(step.name for step in found.steps if step.status == "running")
    errors.print(f"stopped {found.name}" + (f" in {at_work}" if at_work else ""))


@app.command()
def compare(
    first: Annotated[str, typer.Argument(help="Name, its beginning, or ARN of an execution.")],
    second: Annotated[str, typer.Argument(help="Another one; `latest` is the newest.")] = "latest",
    json: AsJson = False,
) -> None:
    """Show two executions beside each other, state by state, and what differs."""
    from mailroom.cli.daily.executions.tables import show_comparison
    from mailroom.executions.comparison import compare_steps

    environment = _environment()
    with Progress(errors).waiting_for("Reading the executions"):
        left, right = _read(environment, first), _read(environment, second)
    rows = compare_steps(left, right)
    if json:
        show_json([row.document() for row in rows])
        return
    console.print(f"first:  {left.name}  {left.status}", highlight=False, soft_wrap=True)
    console.print(f"second: {right.name}  {right.status}", highlight=False, soft_wrap=True)
    show_comparison(rows)


def _environment() -> Environment:
    from mailroom.cli.connection import connected

    return connected(Project.find())


def _read(environment: Environment, wanted: str) -> Execution:
    from mailroom.executions.history import find_execution, read_execution

    arn = find_execution(environment.session, environment.state_machines, wanted)
    return read_execution(environment.session, arn)


def _passes(execution: Execution, state: str) -> list[Step]:
    found = [step for step in execution.steps if step.name == state]
    if not found:
        names = dict.fromkeys(step.name for step in execution.steps)
        raise Refused(f"{execution.name} entered no state {state}", f"states: {', '.join(names)}")
    return found


def _published(execution: Execution) -> int | None:
    from mailroom.workflow.outcomes import published_counts

    return sum(published_counts(execution).values()) or None
