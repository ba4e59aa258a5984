"""`mailroom types asyncapi`, `compare` and `migrate`: the contract, and what has changed in it."""

from typing import TYPE_CHECKING, Annotated

import typer

from mailroom.cli.options import AsJson
from mailroom.cli.output import errors, show_json, show_table
from mailroom.errors import EXIT_FAILURE, Refused
from mailroom.progress import Progress
from mailroom.project import Project

if TYPE_CHECKING:
    from mailroom.types.comparison import Contract

_READING = "Reading the message types"
_With = Annotated[
    str | None,
    typer.Option(
        "--with", metavar="REF|FILE", help="A git ref, or a file that `types asyncapi` printed."
    ),
]
_Env = Annotated[
    str | None,
    typer.Option("--env", help="What is deployed there: infra/environments/NAME.toml."),
]


def asyncapi() -> None:
    """Print the contract of the topic, all types: an AsyncAPI 3.0 document."""
    from mailroom.types.contracts import contract

    with Progress(errors).waiting_for(_READING):
        document = contract(Project.find_workflow())
    show_json(document)


def compare(with_: _With = None, env: _Env = None, json: AsJson = False) -> None:
    """Show what has changed in the contract, and what breaks producers or stored rows.

    Exit codes: 0 nothing breaks, 1 something does.
    """
    from mailroom.types.comparison import compare as changes_between
    from mailroom.types.contracts import contract

    project = Project.find_workflow()
    earlier = _earlier(project, with_, env)
    with Progress(errors).waiting_for(_READING):
        changes = changes_between(earlier, contract(project))
    if json:
        show_json([change.__dict__ for change in changes])
    elif not changes:
        errors.print("nothing has changed in the contract")
    else:
        show_table(
            ["type", "field", "change", "breaks"],
            [[one.type, one.place or None, one.what, one.breaks] for one in changes],
        )
    if any(change.breaks for change in changes):
        raise typer.Exit(EXIT_FAILURE)


def migrate(with_: _With = None, env: _Env = None) -> None:
    """Write the migrations of columns that are new since a git ref, by default the last commit."""
    from mailroom.types.migrations import write_migrations

    project = Project.find_workflow()
    earlier = _earlier(project, with_ if with_ or env else "HEAD", env)
    with Progress(errors).waiting_for(_READING):
        written = write_migrations(project, earlier)
    for path in written:
        print(path.relative_to(project.root))
    if not written:
        errors.print("no column is new that a migration doesn't add")


def _earlier(project: Project, with_: str | None, env: str | None) -> "Contract":
    from mailroom.types.contracts import contract_of

    if (with_ is None) == (env is None):
        raise Refused("say what to compare with", "by one of: --with REF|FILE, --env NAME")
    if with_ is not None:
        return contract_of(project, with_)
    from mailroom.cli.connection import opened
    from mailroom.promotion.contracts import deployed_contract

    found = deployed_contract(opened(project, str(env), parameters=False))
    if found is None:
        raise Refused(f"no contract is deployed to {env}", "each promote and deploy saves one")
    return found
