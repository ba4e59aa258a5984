"""`mailroom verify`."""

from typing import Annotated

import typer

from mailroom.cli.options import Env
from mailroom.cli.output import errors
from mailroom.progress import Progress
from mailroom.project import Project


def verify(
    env: Env,
    keep: Annotated[
        bool, typer.Option("--keep", help="Leave the tests' environment up, for the next run.")
    ] = False,
) -> None:
    """Run the integration tests against the package on this machine, and record their success."""
    from mailroom.deployment.environment_config import load_environment_config
    from mailroom.promotion.release import build_release
    from mailroom.promotion.verification import verify_release

    project = Project.find_workflow()
    config = load_environment_config(project.environments, env)
    architecture = config.parameters.get("Architecture", "x86_64")
    with Progress(errors).waiting_for("Packaging"):
        release = build_release(project, architecture)
    ran = verify_release(project, config, release, errors, keep=keep)
    said = "passed" if ran else "had passed before"
    errors.print(f"release {release.hash[:12]} {said}", markup=False)
