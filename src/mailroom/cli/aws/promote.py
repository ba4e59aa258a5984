"""`mailroom promote`."""

import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

from mailroom.cli.aws.reporting import TerminalReporter
from mailroom.cli.options import Env, Yes
from mailroom.cli.output import errors
from mailroom.errors import MailroomError
from mailroom.progress import Progress
from mailroom.project import Project


def promote(
    env: Env,
    yes: Yes = False,
    breaking: Annotated[
        list[str] | None,
        typer.Option(
            metavar="TYPE",
            help="A message type that may break its producers or stored rows; may be repeated.",
        ),
    ] = None,
) -> None:
    """Deploy, migrate and smoke-test a release that has passed its tests; roll back if it fails.

    A change of message types that breaks what is deployed is refused, unless each type is named.
    """
    from mailroom.cli.connection import opened
    from mailroom.packaging.contents import require_platform
    from mailroom.promotion.contracts import require_compatible
    from mailroom.promotion.promoter import Promoter
    from mailroom.promotion.release import build_release
    from mailroom.promotion.verification import require_passed

    project, progress = Project.find_workflow(), Progress(errors)
    account = opened(project, env)
    with progress.step("Package") as step:
        release = build_release(project, account.architecture)
        require_platform(release.archive, release.architecture)
        step.result = release.hash
    require_passed(project, account.config, release)
    require_compatible(account, release, breaking or [])
    with progress.step("Checks"):
        _check(project)
    entry = Promoter(project, account, TerminalReporter(yes), progress).promote(release)
    errors.print(f"promoted: {entry.id}", markup=False)


def _check(project: Project) -> None:
    run = subprocess.run(
        [Path(sys.executable).with_name("mailroom"), "check", "--no-package"],
        cwd=project.root,
        capture_output=True,
        text=True,
    )
    if run.returncode:
        raise MailroomError("the definitions do not pass: mailroom check", run.stdout + run.stderr)
