"""`mailroom delete`."""

from typing import Annotated

import typer

from mailroom.cli.aws.reporting import TerminalReporter
from mailroom.cli.options import Env, Yes, require
from mailroom.cli.output import errors
from mailroom.errors import Refused
from mailroom.progress import Progress
from mailroom.project import Project
from mailroom.wording import counted


def delete(
    env: Env,
    bucket: Annotated[
        bool, typer.Option("--bucket", help="Delete the artifact bucket too, with all versions.")
    ] = False,
    database: Annotated[
        str | None,
        typer.Option(
            "--database", metavar="STACK", help="Delete the database too: the name of its stack."
        ),
    ] = None,
    yes: Yes = False,
) -> None:
    """Delete an environment's stack, and check that no resource of it is left."""
    from mailroom.cli.connection import opened
    from mailroom.promotion.buckets import bucket_exists
    from mailroom.promotion.deletion import delete_bucket, delete_stack, require_unprotected

    account = opened(Project.find_workflow(), env, bucket=False, parameters=False)
    config, reporter = account.config, TerminalReporter(yes)
    if database is not None and database != config.database:
        raise Refused(f"the stack of {env}'s database is {config.database}, not {database}")
    if database:
        require_unprotected(account, database)
    where = f"in account {account.id}, {config.region}"
    require(f"Delete stack {config.stack} {where}, with all messages in its queues?", yes)
    if bucket:
        log = "with every artifact and the log of promotions"
        require(f"Delete bucket {account.bucket} {where}, {log}?", yes)
        require(f"Really delete {account.bucket}? It can't be restored.", yes)
    if database:
        require(f"Delete THE DATABASE, stack {database} {where}?", yes)
    resources = delete_stack(account, config.stack, reporter)
    errors.print(
        f"stack {config.stack}: {counted(len(resources), 'resource')} deleted, none is left"
        if resources
        else f"stack {config.stack} was not there"
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
