"""`mailroom setup`, `package` and `deploy`: what goes to an account."""

from enum import StrEnum
from typing import Annotated

import typer

from mailroom.cli.output import AsJson, errors, show_json, show_table
from mailroom.cli.reporting import TerminalReporter
from mailroom.progress import Progress
from mailroom.project import Project

Env = Annotated[
    str, typer.Option("--env", envvar="ENV", help="Environment: infra/environments/NAME.toml.")
]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]


class Architecture(StrEnum):
    """Lambda's architectures."""

    x86_64 = "x86_64"
    arm64 = "arm64"


def setup(
    env: Env,
    yes: Yes = False,
    database: Annotated[
        bool, typer.Option("--database", help="Deploy infra/database.yml too.")
    ] = False,
) -> None:
    """Create the artifact bucket of an environment. Once is enough, twice does no harm."""
    from mailroom.promotion.buckets import set_up_bucket
    from mailroom.promotion.database import deploy_database
    from mailroom.promotion.preflight import open_account

    project = Project.find()
    account = open_account(project, env, bucket=False, parameters=False)
    with Progress(errors).step(f"Bucket {account.bucket}") as step:
        step.result = "created" if set_up_bucket(account) else "was there"
    if database:
        deploy_database(project, account, TerminalReporter(yes))


def package(
    architecture: Annotated[
        Architecture | None, typer.Option(help="This machine's, when not given.")
    ] = None,
    json: AsJson = False,
) -> None:
    """Package the functions as they go to AWS: same sources, same bytes, on every machine."""
    from mailroom.packaging.archive import build_archive
    from mailroom.packaging.contents import list_parts, require_platform
    from mailroom.packaging.dependencies import host_architecture

    chosen = architecture.value if architecture else host_architecture()
    archive = build_archive(Project.find(), chosen)
    require_platform(archive, chosen)
    parts = list_parts(archive)
    digest = archive.stem.rpartition("-")[2]
    if json:
        show_json(
            {
                "path": str(archive),
                "sha256": digest,
                "architecture": chosen,
                "bytes": sum(part.bytes for part in parts),
                "parts": [part.__dict__ for part in parts],
            }
        )
        return
    show_table(["part", "bytes", "files"], [[p.name, p.bytes, p.files] for p in parts])
    total = sum(part.bytes for part in parts)
    errors.print(f"{total:,} bytes for {chosen}, SHA-256 {digest}\n{archive}", markup=False)


def deploy(
    env: Env,
    yes: Yes = False,
    plan: Annotated[bool, typer.Option("--plan", help="Show the changes, make none.")] = False,
    json: AsJson = False,
) -> None:
    """Package, upload and deploy to an environment, after showing what would change."""
    from mailroom.packaging.contents import require_platform
    from mailroom.promotion.deploying import deploy_release
    from mailroom.promotion.preflight import open_account
    from mailroom.promotion.release import build_release

    project = Project.find()
    account = open_account(project, env)
    with Progress(errors).step("Package") as step:
        release = build_release(project, account.architecture)
        require_platform(release.archive, release.architecture)
        step.result = release.hash
    deployment = deploy_release(account, release, TerminalReporter(yes), only_plan=plan)
    if json:
        show_json({"changed": deployment.changed, "hash": release.hash, **deployment.__dict__})
    elif not plan:
        show_table(["output", "value"], sorted(deployment.outputs.items()))
