"""`mailroom profile`."""

from typing import Annotated

import typer

from mailroom.cli.options import Yes, require
from mailroom.cli.output import errors
from mailroom.progress import Progress
from mailroom.project import Project

app = typer.Typer(
    help="Write or remove a profile in AWS's configuration file.", no_args_is_help=True
)

Name = Annotated[str, typer.Option("--name", help="The profile's name.")]


@app.command()
def write(name: Name = "mailroom", yes: Yes = False) -> None:
    """Write a profile with endpoint, region and credentials, for `--profile` and AWS_PROFILE."""
    from mailroom.access.profile import config_file, require_own, write_profile
    from mailroom.cli.connection import connected

    path = config_file()
    with Progress(errors).waiting_for("Looking for the environment that is up"):
        environment = connected(Project.find())
    verb = "Change" if require_own(path, name) else "Add"
    require(f"{verb} the profile {name} in {path}? Nothing else in it is changed.", yes)
    write_profile(path, name, environment)
    errors.print(
        f"{path}: profile {name}, {environment.endpoint}; use it: AWS_PROFILE={name}", markup=False
    )


@app.command()
def remove(name: Name = "mailroom", yes: Yes = False) -> None:
    """Remove the profile."""
    from mailroom.access.profile import config_file, remove_profile, require_own

    path = config_file()
    if not require_own(path, name):
        errors.print(f"{path} has no profile {name}", markup=False)
        return
    require(f"Remove the profile {name} from {path}? Nothing else in it is changed.", yes)
    remove_profile(path, name)
    errors.print(f"{path}: profile {name} is removed", markup=False)
