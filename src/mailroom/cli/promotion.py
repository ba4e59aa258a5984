"""`mailroom verify`, `promote`, `promotions`, `rollback`."""

import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

from mailroom.cli.aws import Env, Yes
from mailroom.cli.output import AsJson, errors, show_json, show_table
from mailroom.cli.reporting import TerminalReporter
from mailroom.errors import MailroomError
from mailroom.progress import Progress
from mailroom.project import Project


def verify(
    env: Env,
    keep: Annotated[
        bool, typer.Option("--keep", help="Leave the tests' environment up, for the next time.")
    ] = False,
) -> None:
    """Run the integration tests against the packaged artifact, here, and note what has passed."""
    from mailroom.deployment.target import load_target
    from mailroom.promotion.release import build_release
    from mailroom.promotion.verification import verify_release

    project = Project.find()
    target = load_target(project.root / "infra" / "environments", env)
    architecture = target.parameters.get("Architecture", "x86_64")
    release = build_release(project, architecture)
    ran = verify_release(project, target, release, errors, keep=keep)
    said = "passed" if ran else "had passed before"
    errors.print(f"release {release.hash[:12]} {said}", markup=False)


def promote(env: Env, yes: Yes = False) -> None:
    """Check, deploy, migrate and try a release that has passed its tests; go back if it fails."""
    from mailroom.packaging.contents import require_platform
    from mailroom.promotion.preflight import open_account
    from mailroom.promotion.promoting import Promoter
    from mailroom.promotion.release import build_release
    from mailroom.promotion.verification import require_passed

    project, progress = Project.find(), Progress(errors)
    account = open_account(project, env)
    with progress.step("Package") as step:
        release = build_release(project, account.architecture)
        require_platform(release.archive, release.architecture)
        step.result = release.hash
    require_passed(project, account.target, release)
    with progress.step("Checks"):
        _check(project)
    entry = Promoter(project, account, TerminalReporter(yes), progress).promote(release)
    errors.print(f"promoted: {entry.id}", markup=False)


def promotions(env: Env, json: AsJson = False) -> None:
    """Show what was promoted to an environment, when, from where, and what came of it."""
    from mailroom.promotion.history import promotions as history
    from mailroom.promotion.preflight import open_account

    entries = history(open_account(Project.find(), env, parameters=False))
    if json:
        show_json([entry.__dict__ for entry in entries])
        return
    show_table(
        ["at", "action", "release", "result", "from", "reason"],
        [[e.at, e.action, e.hash[:12], e.result, e.source, e.reason] for e in entries],
    )


def rollback(
    env: Env,
    to: Annotated[
        str | None, typer.Option("--to", help="Release to go back to; the one before if not given.")
    ] = None,
    yes: Yes = False,
) -> None:
    """Bring an earlier release back, with the parameters that it had, and try it."""
    from mailroom.deployment.stack import Stack
    from mailroom.promotion.history import earlier
    from mailroom.promotion.preflight import open_account
    from mailroom.promotion.promoting import Promoter

    project = Project.find()
    account = open_account(project, env, parameters=False)
    stack = Stack(account.session.client("cloudformation"), account.target.stack)
    entry = earlier(account, to, stack.deployed())
    errors.print(f"back to release {entry.hash[:12]}, promoted {entry.at}", markup=False)
    promoter = Promoter(project, account, TerminalReporter(yes), Progress(errors))
    errors.print(f"rolled back: {promoter.roll_back(entry).id}", markup=False)


def _check(project: Project) -> None:
    run = subprocess.run(
        [Path(sys.executable).with_name("mailroom"), "check", "--no-package"],
        cwd=project.root,
        capture_output=True,
        text=True,
    )
    if run.returncode:
        raise MailroomError("the definitions do not pass: mailroom check", run.stdout + run.stderr)
