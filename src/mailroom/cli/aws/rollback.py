"""`mailroom rollback`."""

from typing import Annotated

import typer

from mailroom.cli.aws.reporting import TerminalReporter
from mailroom.cli.options import Env, Yes
from mailroom.cli.output import errors
from mailroom.progress import Progress
from mailroom.project import Project


def rollback(
    env: Env,
    to: Annotated[
        str | None,
        typer.Option("--to", help="Release to roll back to; by default the previous one."),
    ] = None,
    yes: Yes = False,
) -> None:
    """Deploy an earlier release with its own parameters, and smoke-test it."""
    from mailroom.cli.connection import opened
    from mailroom.deployment.stack import Stack
    from mailroom.promotion.promoter import Promoter
    from mailroom.promotion.release_history import earlier

    project = Project.find_workflow()
    account = opened(project, env, parameters=False)
    stack = Stack(account.session.client("cloudformation"), account.config.stack)
    entry = earlier(account, to, stack.deployed())
    errors.print(f"back to release {entry.hash[:12]}, promoted {entry.at}", markup=False)
    promoter = Promoter(project, account, TerminalReporter(yes), Progress(errors))
    errors.print(f"rolled back: {promoter.roll_back(entry).id}", markup=False)
