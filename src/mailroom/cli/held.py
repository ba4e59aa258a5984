"""The commands on messages that need a person: dead letters, and what nobody handles."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from time import time
from typing import Annotated

import typer

from mailroom.cli.output import AsJson, errors, show_json, show_table
from mailroom.cli.queues import age
from mailroom.dead_letters.letters import Letter, Shelf, Wanted, look
from mailroom.environment import Environment
from mailroom.errors import MailroomError, Refused
from mailroom.project import Project

Queue = Annotated[str | None, typer.Option(help="Only of this queue.")]
Ids = Annotated[list[str] | None, typer.Option("--id", help="Only this one; may be repeated.")]
Reason = Annotated[str | None, typer.Option(help="Only those that are here for this reason.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]
_LOOK = 60


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
            _list(look(_connect(), shelf.choose(queue), Wanted(reason=reason)), json)

    @app.command(help=f"Show one of the {shelf.called}, body and attributes.")
    def show(id: Annotated[str, typer.Argument(help="Its id, or how it begins.")]) -> None:
        show_json(_one(look(_connect(), shelf.queues, Wanted()), id).document())

    @app.command("redrive", help=f"Send {shelf.called} back; twice does no harm.")
    def redrive_(
        queue: Queue = None,
        id: Ids = None,
        reason: Reason = None,
        dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say which.")] = False,
    ) -> None:
        environment, wanted = _connect(), Wanted(frozenset(id or ()), reason)
        found = look(environment, shelf.choose(queue), wanted)
        _refuse_unknown(found, wanted)
        if dry_run:
            _list(found, False)
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
        from mailroom.dead_letters.removal import purge

        environment, wanted = _connect(), Wanted(frozenset(id or ()), reason)
        queues = shelf.choose(queue)
        found = look(environment, queues, wanted)
        _refuse_unknown(found, wanted)
        if not found:
            errors.print("nothing is there")
            return
        file = export or Path(
            f"{shelf.called.replace(' ', '-')}-{datetime.now(UTC):%Y%m%dT%H%M%S}.jsonl"
        )
        _confirm(f"Write {len(found)} {shelf.called} to {file}, and delete them?", yes)
        errors.print(f"{purge(environment, queues, wanted, file)} deleted; they are in {file}")

    @app.command("pull", help=f"Copy another environment's {shelf.called} into the local one.")
    def pull_(
        env: Annotated[str, typer.Option("--env", help="Copy from: infra/environments/NAME.toml.")],
        to: Annotated[str, typer.Option("--to", help="Copy to; only `local` can be.")] = "local",
        queue: Queue = None,
        id: Ids = None,
        reason: Reason = None,
    ) -> None:
        from mailroom.dead_letters.pulling import pull
        from mailroom.promotion.preflight import open_account

        if to != "local":
            raise Refused(f"{to} can't be copied to", "--to local is the only way")
        if env == to:
            raise Refused("the local environment can't be copied to itself", "name another: --env")
        target, wanted = _connect(), Wanted(frozenset(id or ()), reason)
        source = open_account(Project.find(), env, bucket=False, parameters=False).environment
        for name in shelf.choose(queue):
            errors.print(f"{name}: {pull(source, target, name, wanted)} copied")

    return app


def _redrive(environment: Environment, queue: str, wanted: Wanted) -> None:
    from mailroom.dead_letters.consumption import consume
    from mailroom.dead_letters.redrive import SOURCES, redrive

    with _counting(f"{queue}: {{}} sent back") as count:
        sent = redrive(environment, queue, wanted, count)
    errors.print(f"{queue}: {sent} sent back")
    if sent and queue in SOURCES:
        with _counting(f"{SOURCES[queue]}: {{}} left") as count:
            consume(environment, SOURCES[queue], count)


def _connect() -> Environment:
    from mailroom.cli.connected import connected

    return connected(Project.find())


@contextmanager
def _counting(text: str) -> Iterator[Callable[[int], None]]:
    """A line on a terminal that shows a number as it changes."""
    if not errors.is_terminal:
        yield lambda count: None
        return
    with errors.status(text.format(0)) as status:
        yield lambda count: status.update(text.format(count))


def _list(found: list[Letter], json: bool) -> None:
    if json:
        show_json([letter.document() for letter in found])
        return
    show_table(
        ["id", "queue", "reason", "origin", "age", "body"],
        [
            [one.id, one.queue, one.reason, one.origin, age(time() - one.sent), one.body[:_LOOK]]
            for one in found
        ],
    )


def _one(found: list[Letter], id: str) -> Letter:
    matching = [letter for letter in found if letter.id.startswith(id)]
    if len(matching) != 1:
        what = "several messages have" if matching else "no message has"
        raise MailroomError(f"{what} the id {id}", "all of them: leave out `show` and the id")
    return matching[0]


def _refuse_unknown(found: list[Letter], wanted: Wanted) -> None:
    unknown = wanted.ids - {letter.id for letter in found}
    if unknown:
        raise Refused(f"no message has the id {', '.join(sorted(unknown))}")


def _confirm(question: str, yes: bool) -> None:
    if yes:
        return
    if not sys.stdin.isatty():
        raise Refused("this deletes messages and there is no terminal to ask on", "add --yes")
    if not typer.confirm(question):
        raise Refused("nothing was deleted")
