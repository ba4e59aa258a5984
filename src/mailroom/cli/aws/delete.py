"""`mailroom delete`."""

from typing import Annotated

import typer

from mailroom.cli.aws.options import Env, Yes
from mailroom.cli.aws.reporting import TerminalReporter, require
from mailroom.cli.output import errors
from mailroom.errors import Refused
from mailroom.progress import Progress
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
    from mailroom.cli.connection import opened
    from mailroom.promotion.buckets import bucket_exists
    from mailroom.promotion.deletion import delete_bucket, delete_stack, require_unprotected

    account = opened(Project.find(), env, bucket=False, parameters=False)
    target, reporter = account.target, TerminalReporter(yes)
    if database is not None and database != target.database:
        raise Refused(f"the stack of {env}'s database is {target.database}, not {database}")
    if database:
        require_unprotected(account, database)
    where = f"in account {account.id}, {target.region}"
    require(reporter, f"Delete stack {target.stack} {where}, with all messages in its queues?")
    if bucket:
        log = "with every artifact and the log of promotions"
        require(reporter, f"Delete bucket {account.bucket} {where}, {log}?")
        require(reporter, f"Sure that {account.bucket} may go? Nothing brings it back.")
    if database:
        require(reporter, f"Delete THE DATABASE, stack {database} {where}?")
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
        with Progress(errors).waiting_for(f"Deletion of bucket {account.bucket}"):
            delete_bucket(account)
        errors.print(f"bucket {account.bucket} is deleted")
