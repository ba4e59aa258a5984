"""`mailroom delete` and `publish`."""

from typing import Annotated

import typer

from mailroom.cli.aws import Env, Yes
from mailroom.cli.output import errors
from mailroom.cli.reporting import TerminalReporter
from mailroom.errors import Refused
from mailroom.project import Project


def delete(
    env: Env,
    bucket: Annotated[
        bool, typer.Option("--bucket", help="The artifact bucket too, with all versions.")
    ] = False,
    database: Annotated[
        str | None,
        typer.Option("--database", metavar="STACK", help="The database too: its stack's name."),
    ] = None,
    yes: Yes = False,
) -> None:
    """Delete an environment's stack, and make sure that nothing of it is left."""
    from mailroom.promotion.buckets import bucket_exists
    from mailroom.promotion.deletion import delete_bucket, delete_stack, require_unprotected
    from mailroom.promotion.preflight import open_account

    account = open_account(Project.find(), env, bucket=False, parameters=False)
    target, reporter = account.target, TerminalReporter(yes)
    if database is not None and database != target.database:
        raise Refused(f"the stack of {env}'s database is {target.database}, not {database}")
    if database:
        require_unprotected(account, database)
    where = f"in account {account.id}, {target.region}"
    _require(reporter, f"Delete stack {target.stack} {where}, with all messages in its queues?")
    if bucket:
        log = "with every artifact and the log of promotions"
        _require(reporter, f"Delete bucket {account.bucket} {where}, {log}?")
        _require(reporter, f"Sure that {account.bucket} may go? Nothing brings it back.")
    if database:
        _require(reporter, f"Delete THE DATABASE, stack {database} {where}?")
    resources = delete_stack(account, target.stack, reporter)
    errors.print(
        f"stack {target.stack}: {len(resources)} resources deleted, none is left"
        if resources
        else f"stack {target.stack} was not there"
    )
    if database:
        errors.print(
            f"stack {database} is deleted; its last snapshot may still be there"
            if delete_stack(account, database, reporter)
            else f"stack {database} was not there"
        )
    if bucket and bucket_exists(account):
        delete_bucket(account)
        errors.print(f"bucket {account.bucket} is deleted")


def publish(env: Env, yes: Yes = False) -> None:
    """Publish to the AWS Serverless Application Repository, as the template's metadata says."""
    from mailroom.packaging.contents import require_platform
    from mailroom.promotion.preflight import open_account
    from mailroom.promotion.publishing import (
        offer_code,
        publish_application,
        read_application,
        require_newer,
    )
    from mailroom.promotion.release import build_release

    project = Project.find()
    account = open_account(project, env, parameters=False)
    release = build_release(project, account.architecture)
    require_platform(release.archive, release.architecture)
    application = read_application(
        release.template, project.template.parent, account.bucket, release.code_key
    )
    published = require_newer(account, application)
    name = f"{application.metadata['Name']} {application.version}"
    _require(TerminalReporter(yes), f"Publish {name} from account {account.id}?")
    offer_code(account, release)
    errors.print(
        f"published: {publish_application(account, application, new=not published)}", markup=False
    )


def _require(reporter: TerminalReporter, question: str) -> None:
    if not reporter.confirm(question):
        raise Refused("nothing was touched")
