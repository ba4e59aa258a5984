"""`mailroom setup`."""

from typing import Annotated

import typer

from mailroom.cli.aws.reporting import TerminalReporter
from mailroom.cli.options import Env, Yes
from mailroom.cli.output import errors
from mailroom.progress import Progress
from mailroom.project import Project


def setup(
    env: Env,
    yes: Yes = False,
    database: Annotated[
        bool, typer.Option("--database", help="Deploy infra/database.yml too.")
    ] = False,
    replace: Annotated[
        str,
        typer.Option(
            metavar="STACK",
            help="The database's stack, typed out, when what holds its data may be replaced.",
        ),
    ] = "",
    alarms: Annotated[
        str | None,
        typer.Option(
            metavar="ADDRESS", help="Deploy infra/alarms.yml too: alarms are mailed there."
        ),
    ] = None,
) -> None:
    """Create and configure an environment's artifact bucket; to repeat it changes nothing."""
    from mailroom.cli.connection import opened
    from mailroom.promotion.buckets import set_up_bucket
    from mailroom.promotion.foundations import deploy_alarms, deploy_database

    project = Project.find_workflow()
    account = opened(project, env, bucket=False, parameters=False)
    with Progress(errors).step(f"Bucket {account.bucket}") as step:
        step.result = "created" if set_up_bucket(account) else "was there"
    if alarms:
        deploy_alarms(project, account, alarms, TerminalReporter(yes))
    if database:
        deploy_database(project, account, TerminalReporter(yes), replace)
