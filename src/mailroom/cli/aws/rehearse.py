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
        EngineName, typer.Option(envvar="ENGINE", help="What plays AWS.")
    ] = EngineName.localstack,
) -> None:
    """Go the whole way to AWS and back, on a clean emulator that plays AWS."""
    from mailroom.deployment.environment_config import load_target
    from mailroom.rehearsal.emulated_account import set_stage
    from mailroom.rehearsal.scenario import Rehearsal, clear_away

    project, progress = Project.find(), Progress(errors)
    target = load_target(project.root / "infra" / "environments", "rehearsal")
    clear_away(project)
    try:
        with set_stage(project, target, engine, progress) as stage:
            Rehearsal(project, target, stage, progress).play()
    finally:
        with uninterrupted():
            clear_away(project)
    errors.print("the rehearsal is over, and nothing of it is left")
