"""`mailroom deploy`."""

from typing import Annotated

import typer

from mailroom.cli.aws.reporting import TerminalReporter
from mailroom.cli.options import AsJson, Env, Yes
from mailroom.cli.output import errors, show_json, show_table
from mailroom.progress import Progress
from mailroom.project import Project


def deploy(
    env: Env,
    yes: Yes = False,
    plan: Annotated[bool, typer.Option("--plan", help="Show the changes, and make none.")] = False,
    json: AsJson = False,
) -> None:
    """Package, upload and deploy to an environment, after showing the changes."""
    from mailroom.cli.connection import opened
    from mailroom.packaging.contents import require_platform
    from mailroom.promotion.deploying import deploy_release
    from mailroom.promotion.release import build_release

    project = Project.find_workflow()
    account = opened(project, env)
    with Progress(errors).step("Package") as step:
        release = build_release(project, account.architecture)
        require_platform(release.archive, release.architecture)
        step.result = release.hash
    deployment = deploy_release(account, release, TerminalReporter(yes), only_plan=plan)
    if json:
        show_json({"changed": deployment.changed, "hash": release.hash, **deployment.__dict__})
    elif not plan:
        show_table(["output", "value"], sorted(deployment.outputs.items()))
