"""`mailroom demo`."""

import typer

from mailroom.cli.life import Port
from mailroom.cli.output import errors
from mailroom.cli.send import print_result, send_files
from mailroom.environment import Environment
from mailroom.errors import EXIT_FAILURE, NotUp
from mailroom.progress import Progress
from mailroom.project import Project

_NEXT = """
Look further:
  mailroom messages                 what was ingested
  mailroom queues                   how full the queues are
  mailroom logs process             what ProcessMessagesFunction logged
  {awslocal} stepfunctions list-state-machines
  {psql}
Stop it:  make down
"""


def demo(port: Port = None) -> None:
    """Send 194 real messages through the workflow, and show what became of them.

    What is up is used as it is; when nothing is, it is brought up first.
    """
    project = Project.find()
    environment = _environment(project, port)
    sample = project.root / "samples" / "github-events.jsonl"
    result = send_files(project, environment, [str(sample)])
    print_result(result)
    sent = sum(result["published"].values())
    settled = sum(
        result[kind]["ingested"] + result[kind]["alreadyThere"] for kind in result["published"]
    )
    print(f"{settled} of {sent} messages are in Postgres.")
    usual = environment.endpoint.endswith(":4566")
    awslocal = "awslocal" if usual else f"AWS_ENDPOINT_URL={environment.endpoint} awslocal"
    errors.print(_NEXT.format(awslocal=awslocal, psql=environment.psql), markup=False)
    if settled != sent:
        raise typer.Exit(EXIT_FAILURE)


def _environment(project: Project, port: int | None) -> Environment:
    from mailroom.cli.connected import connected
    from mailroom.embedded.environment import EmbeddedEnvironment
    from mailroom.embedded.startup import start_environment

    try:
        return connected(project)
    except NotUp:
        return start_environment(EmbeddedEnvironment(project), Progress(errors), port)
