"""`mailroom database`."""

from contextlib import suppress
from typing import Annotated

import typer

from mailroom.cli.options import PASSED_ON, Yes, require
from mailroom.cli.output import errors
from mailroom.database.logins import Login
from mailroom.environments.environment import Environment
from mailroom.errors import NotUp, Refused
from mailroom.progress import Progress
from mailroom.project import Project

_LOOKING = "Looking for the environment that is up"

app = typer.Typer(help="Work on the local environment's database.", no_args_is_help=True)


@app.callback()
def _group() -> None:
    """Work on the local environment's database."""


Role = Annotated[
    Login, typer.Option("--role", help="Who logs in: `owner` may do everything, `reader` reads.")
]


@app.command()
def url(role: Role = Login.OWNER) -> None:
    """Print the database's URL, password included; it stays the same over `down` and `up`."""
    from mailroom.environments.selection import choose, reach

    project = Project.find()
    with Progress(errors).waiting_for(_LOOKING):
        local = choose(project)
        reach(project, local)
        found = local.database_url(role)
    print(found)


@app.command(context_settings=PASSED_ON)
def psql(
    arguments: Annotated[
        list[str] | None, typer.Argument(metavar="[ARGUMENT]...", help="Arguments of psql.")
    ] = None,
    role: Role = Login.OWNER,
) -> None:
    """Open the database with psql."""
    from mailroom.cli.programs import replace_process
    from mailroom.environments.selection import choose, reach

    project = Project.find()
    with Progress(errors).waiting_for(_LOOKING):
        local = choose(project)
        reach(project, local)
    client = local.psql(role)
    replace_process([*client.command, *(arguments or ())], client.variables)


@app.command("reset")
def reset(
    env: Annotated[
        str, typer.Option("--env", help="Environment; only the database of `local` can be emptied.")
    ] = "local",
    yes: Yes = False,
) -> None:
    """Empty the database and migrate it again; queues, functions and logs stay."""
    from mailroom.database.migration import migrate_database
    from mailroom.environments.selection import choose

    if env != "local":
        raise Refused(f"the database of {env} is never emptied", "write a new migration instead")
    local, progress = choose(Project.find_workflow()), Progress(errors)
    with suppress(NotUp):
        _require_own_database(local.connect())
    question = f"Delete every message and every table in the {local.name} environment's database?"
    require(question, yes)
    with progress.step("Empty database"):
        local.empty_database(progress.waiting)
    try:
        environment = local.connect()
    except NotUp:
        errors.print("the next mailroom up migrates it")
        return
    with progress.step("Database") as step:
        step.update("waiting for MigrateDatabaseFunction")
        step.result = migrate_database(environment)


def _require_own_database(environment: Environment) -> None:
    """Check that the functions use the environment's own database.

    Raises:
        Refused: The stack's parameter names the secret of another database.
    """
    from mailroom.database.owner import owner_secret
    from mailroom.deployment.stack import Stack

    stack = Stack(environment.session.client("cloudformation"), environment.stack).deployed()
    used = stack.parameters.get("DatabaseSecretArn") if stack else None
    own = owner_secret(environment.session)
    if used and own and used != own.arn:
        raise Refused(
            "the functions use another database than this environment's own",
            f"the parameter DatabaseSecretArn is {used}",
        )
