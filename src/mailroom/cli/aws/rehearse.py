"""`mailroom rehearse`."""

from typing import Annotated

import typer

from mailroom.cli.output import errors
from mailroom.interrupts import uninterrupted
from mailroom.progress import Progress
from mailroom.project import Project
from mailroom.rehearsal.engine_name import EngineName


def rehearse(
    engine: Annotated[
        EngineName, typer.Option(envvar="ENGINE", help="The engine that emulates AWS.")
    ] = EngineName.localstack,
) -> None:
    """Run every command for an AWS account against a new emulated account."""
    from mailroom.deployment.environment_config import load_environment_config
    from mailroom.rehearsal.emulated_account import emulated_account
    from mailroom.rehearsal.scenario import Rehearsal, remove_rehearsal

    project, progress = Project.find_workflow(), Progress(errors)
    config = load_environment_config(project.environments, "rehearsal")
    remove_rehearsal(project)
    try:
        with emulated_account(project, config, engine, progress) as account:
            Rehearsal(project, config, account, progress).run()
    finally:
        with uninterrupted():
            remove_rehearsal(project)
    errors.print("the rehearsal has passed, and nothing of it is left")
