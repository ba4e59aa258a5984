"""`mailroom demo`."""

import typer

from mailroom.cli.output import errors
from mailroom.cli.send import print_result, send_files
from mailroom.errors import EXIT_FAILURE
from mailroom.progress import Progress
from mailroom.project import Project

_NEXT = """
Look further:
  mailroom messages                 what was ingested
  mailroom queues                   how full the queues are
  mailroom logs process             what ProcessMessagesFunction logged
  {awslocal} stepfunctions list-state-machines
  psql "{database}"
Stop it:  make down
"""


def demo() -> None:
    """Bring the environment up, send 194 real messages through it, and show what became of them."""
    from mailroom.embedded.environment import EmbeddedEnvironment
    from mailroom.embedded.startup import start_environment

    project = Project.find()
    embedded = EmbeddedEnvironment(project)
    environment = start_environment(embedded, Progress(errors))
    sample = project.root / "samples" / "github-events.jsonl"
    result = send_files(project, environment, [str(sample)])
    print_result(result)
    sent = sum(result["published"].values())
    settled = sum(
        result[kind]["ingested"] + result[kind]["alreadyThere"] for kind in result["published"]
    )
    print(f"{settled} of {sent} messages are in Postgres.")
    port = environment.endpoint.rpartition(":")[2]
    awslocal = f"EDGE_PORT={port} awslocal" if port != "4566" else "awslocal"
    errors.print(_NEXT.format(awslocal=awslocal, database=environment.database), markup=False)
    if settled != sent:
        raise typer.Exit(EXIT_FAILURE)
