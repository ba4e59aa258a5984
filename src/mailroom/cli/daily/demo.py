"""`mailroom demo`."""

import json
from pathlib import Path

import typer

from mailroom.cli.daily.lifecycle import Port, console_line
from mailroom.cli.daily.send import print_result, send_files
from mailroom.cli.output import errors
from mailroom.environments.environment import Environment
from mailroom.errors import EXIT_FAILURE, NotUp, Refused
from mailroom.progress import Progress
from mailroom.project import Project

_NEXT = """
Look further:
  mailroom messages                    what was ingested
  mailroom executions show latest      the execution's states, and what became of them
  mailroom queues                      how full the queues are
  mailroom logs process                what ProcessMessagesFunction logged
  mailroom database psql               the database
  mailroom aws stepfunctions list-state-machines
Stop it:  mailroom down
"""


def demo(port: Port = None) -> None:
    """Send 194 real messages through the workflow, and show their outcomes.

    Of a type that is not among them, the type's own samples are sent too.

    Uses the environment that is up; otherwise it is brought up first.
    """
    project = Project.find_workflow()
    environment = _environment(project, port)
    result = send_files(project, environment, [str(file) for file in demo_files(project)])
    print_result(result)
    sent = sum(result["published"].values())
    settled = sum(
        result[kind]["ingested"] + result[kind]["alreadyThere"] for kind in result["published"]
    )
    print(f"{settled} of {sent} messages are in Postgres.")
    errors.print(_NEXT, markup=False)
    address = f"{console_line(project, start=True)}/batches/{result['batchId']}"
    errors.print(f"See it in the browser, {address}", markup=False, soft_wrap=True)
    if settled != sent:
        raise typer.Exit(EXIT_FAILURE)


def demo_files(project: Project) -> list[Path]:
    """The files of the demo's messages."""
    events = project.root / "samples" / "github-events.jsonl"
    with events.open() as lines:
        types = {json.loads(line)["type"] for line in lines}
    samples = sorted((project.functions / "message_types").glob("*/samples.jsonl"))
    return [events, *(file for file in samples if file.parent.name not in types)]


def _environment(project: Project, port: int | None) -> Environment:
    from mailroom.cli.connection import connected
    from mailroom.environments.embedded.environment import EmbeddedEnvironment
    from mailroom.environments.embedded.startup import start_environment
    from mailroom.environments.up_options import UpOptions

    try:
        environment = connected(project)
        if port and not environment.endpoint.endswith(f":{port}"):
            raise Refused(
                f"this environment is up already, at {environment.endpoint}",
                "leave --port and MAILROOM_PORT out, or stop it first: mailroom down",
            )
        return environment
    except NotUp:
        return start_environment(
            EmbeddedEnvironment(project), Progress(errors), UpOptions(port=port)
        )
