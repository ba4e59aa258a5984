"""`mailroom cache`."""

from typing import Annotated

import typer

from mailroom.cli.output import errors
from mailroom.errors import MailroomError
from mailroom.progress import Progress

app = typer.Typer(help="See to what the checkouts of this machine share.", no_args_is_help=True)


@app.callback()
def _group() -> None:
    """See to what the checkouts of this machine share."""


@app.command()
def prune(
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only print what would be deleted.")
    ] = False,
) -> None:
    """Delete the Python environments that no checkout uses, and print each with its size."""
    from mailroom.packaging import unused

    with Progress(errors).waiting_for("Looking for what no checkout uses"):
        try:
            found = list(unused.unused()) if dry_run else unused.prune()
        except OSError as error:
            raise MailroomError(f"the cache could not be pruned: {error}") from None
    for one in found:
        print(f"{one.folder}: {one.size / 1e6:.0f} MB")
    if not found:
        errors.print("each environment is used by a checkout")
