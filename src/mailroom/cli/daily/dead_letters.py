"""`mailroom dead-letters`, and the same commands for the unrouted queue."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from mailroom.cli.daily.message_tables import (
    confirm,
    counting,
    only_one,
    refuse_unknown,
    show_letters,
)
from mailroom.cli.output import AsJson, errors, show_json
from mailroom.dead_letters.queued_messages import DEAD_LETTERS, Letter, Shelf, Wanted, look
from mailroom.environments.environment import Environment
from mailroom.errors import NotUp, Refused
from mailroom.progress import Progress
from mailroom.project import Project

Queue = Annotated[str | None, typer.Option(help="Only of this queue.")]
Ids = Annotated[list[str] | None, typer.Option("--id", help="Only this one; may be repeated.")]
Reason = Annotated[str | None, typer.Option(help="Only those that are here for this reason.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]


def make_app(shelf: Shelf) -> typer.Typer:
    """The commands for the queues of one shelf."""
    app = typer.Typer(help=f"Look at {shelf.called}, send them back, or throw them away.")

    @app.callback(invoke_without_command=True)
    def listing(
        context: typer.Context,
        queue: Queue = None,
        reason: Reason = None,
        json: AsJson = False,
    ) -> None:
        if context.invoked_subcommand is None:
            show_letters(_look(_connect(), shelf.choose(queue), Wanted(reason=reason)), json)

    @app.command(help=f"Show one of the {shelf.called}, body and attributes.")
    def show(id: Annotated[str, typer.Argument(help="Its id, or how it begins.")]) -> None:
        show_json(only_one(_look(_connect(), shelf.queues, Wanted()), id).document())

    @app.command("redrive", help=f"Send {shelf.called} back; twice does no harm.")
    def redrive_(
        queue: Queue = None,
        id: Ids = None,
        reason: Reason = None,
        dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say which.")] = False,
    ) -> None:
        environment, wanted = _connect(), Wanted(frozenset(id or ()), reason)
        found = _look(environment, shelf.choose(queue), wanted)
        refuse_unknown(found, wanted)
        if dry_run:
            show_letters(found, False)
            return
        # The queues are asked even if nothing is seen in them: an earlier redrive may be under way.
        for name in shelf.choose(queue):
            _redrive(environment, name, wanted)

    @app.command("purge", help=f"Write {shelf.called} to a file, then delete them.")
    def purge_(
        queue: Queue = None,
        id: Ids = None,
        reason: Reason = None,
        export: Annotated[Path | None, typer.Option(help="File; else one named by date.")] = None,
        yes: Yes = False,
    ) -> None:
        from mailroom.dead_letters.purge import purge

        environment, wanted = _connect(), Wanted(frozenset(id or ()), reason)
        queues = shelf.choose(queue)
        found = _look(environment, queues, wanted)
        refuse_unknown(found, wanted)
        if not found:
            errors.print("nothing is there")
            return
        file = export or Path(
            f"{shelf.called.replace(' ', '-')}-{datetime.now(UTC):%Y%m%dT%H%M%S}.jsonl"
        )
        confirm(f"Write {len(found)} {shelf.called} to {file}, and delete them?", yes)
        errors.print(f"{purge(environment, queues, wanted, file)} deleted; they are in {file}")

    @app.command("pull", help=f"Copy another environment's {shelf.called} into the local one.")
    def pull_(
        env: Annotated[str, typer.Option("--env", help="Copy from: infra/environments/NAME.toml.")],
        to: Annotated[str, typer.Option("--to", help="Copy to; only `local` can be.")] = "local",
        queue: Queue = None,
        id: Ids = None,
        reason: Reason = None,
    ) -> None:
        from mailroom.cli.connection import opened
        from mailroom.dead_letters.copying import pull

        if to != "local":
            raise Refused(f"{to} can't be copied to", "--to local is the only way")
        if env == to:
            raise Refused("the local environment can't be copied to itself", "name another: --env")
        target, wanted = _connect(), Wanted(frozenset(id or ()), reason)
        source = opened(Project.find(), env, bucket=False, parameters=False).environment
        try:
            source.outputs  # noqa: B018
        except NotUp:
            raise Refused(f"nothing is deployed to {env}", f"mailroom deploy --env {env}") from None
        for name in shelf.choose(queue):
            errors.print(f"{name}: {pull(source, target, name, wanted)} copied")

    return app


def _redrive(environment: Environment, queue: str, wanted: Wanted) -> None:
    from mailroom.dead_letters.consumption import consume
    from mailroom.dead_letters.redrive import SOURCES, redrive

    with counting(f"{queue}: {{}} sent back") as count:
        sent = redrive(environment, queue, wanted, count)
    errors.print(f"{queue}: {sent} sent back")
    if sent and queue in SOURCES:
        with counting(f"{SOURCES[queue]}: {{}} left") as count:
            consume(environment, SOURCES[queue], count)


def _look(environment: Environment, queues: tuple[str, ...], wanted: Wanted) -> list[Letter]:
    with Progress(errors).waiting_for("Looking into the queues"):
        return look(environment, queues, wanted)


def _connect() -> Environment:
    from mailroom.cli.connection import connected

    return connected(Project.find())


app = make_app(DEAD_LETTERS)
