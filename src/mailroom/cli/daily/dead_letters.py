"""`mailroom dead-letters`, and `mailroom unrouted`, the same commands for the unrouted queue."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from mailroom.cli.daily.message_tables import counting, only_one, require_found, show_messages
from mailroom.cli.options import LOCAL, AsJson, LocalOrEnv, Yes, require
from mailroom.cli.output import errors, show_json
from mailroom.dead_letters.listing import list_messages
from mailroom.dead_letters.queued_messages import (
    DEAD_LETTERS,
    UNROUTED,
    MessageFilter,
    QueuedMessage,
    QueueGroup,
)
from mailroom.environments.environment import Environment
from mailroom.errors import MailroomError, Refused
from mailroom.progress import Progress
from mailroom.project import Project
from mailroom.wording import known_names

Queue = Annotated[str | None, typer.Option(help="Only of this queue.")]
Ids = Annotated[
    list[str] | None,
    typer.Option("--id", help="Only this one, or the beginning of its id; may be repeated."),
]
Reason = Annotated[str | None, typer.Option(help="Only with this reason.")]


def make_app(group: QueueGroup) -> typer.Typer:
    """The commands for a group of queues."""
    app = typer.Typer(help=f"List, show, redrive, purge or copy {group.called}.")

    @app.callback(invoke_without_command=True)
    def listing(
        context: typer.Context,
        queue: Queue = None,
        reason: Reason = None,
        env: LocalOrEnv = LOCAL,
        json: AsJson = False,
    ) -> None:
        if context.invoked_subcommand is None:
            environment = _connect(env)
            queues = group.choose(environment, queue)
            found = _list(environment, queues, MessageFilter())
            selected = [one for one in found if reason in (None, one.reason)]
            if not selected:
                _say_empty(environment, group, found, reason)
            show_messages(selected, json)

    @app.command(help=f"Show one of the {group.called}, body and attributes.")
    def show(
        id: Annotated[str, typer.Argument(help="Its id, or the beginning of it.")],
        env: LocalOrEnv = LOCAL,
    ) -> None:
        environment = _connect(env)
        found = _list(environment, group.choose(environment), MessageFilter())
        show_json(only_one(found, id).document())

    @app.command("redrive", help=f"Send {group.called} back to their queues or the topic.")
    def redrive_(
        queue: Queue = None,
        id: Ids = None,
        reason: Reason = None,
        env: LocalOrEnv = LOCAL,
        dry_run: Annotated[bool, typer.Option("--dry-run", help="List them only.")] = False,
    ) -> None:
        environment, matches = _connect(env), MessageFilter(frozenset(id or ()), reason)
        queues = group.choose(environment, queue)
        found = _list(environment, queues, matches)
        require_found(found, matches)
        if dry_run:
            show_messages(found, False)
            return
        # Also the queues in which none was found: an earlier redrive may still run.
        for name in queues:
            _redrive(environment, name, matches)

    @app.command("purge", help=f"Write {group.called} to a file, then delete them.")
    def purge_(
        queue: Queue = None,
        id: Ids = None,
        reason: Reason = None,
        env: LocalOrEnv = LOCAL,
        export: Annotated[Path | None, typer.Option(help="File; else one named by date.")] = None,
        yes: Yes = False,
    ) -> None:
        from mailroom.dead_letters.copying import purge

        environment, matches = _connect(env), MessageFilter(frozenset(id or ()), reason)
        queues = group.choose(environment, queue)
        found = _list(environment, queues, matches)
        require_found(found, matches)
        if not found:
            errors.print("nothing is there")
            return
        name = f"{group.called.replace(' ', '-')}-{datetime.now(UTC):%Y%m%dT%H%M%S}.jsonl"
        file = export or Path(name)
        require(f"Write {len(found)} {group.called} to {file}, and delete them?", yes)
        errors.print(f"{purge(environment, queues, matches, file)} deleted; they are in {file}")

    @app.command("pull", help=f"Copy another environment's {group.called} into the local one.")
    def pull_(
        env: Annotated[str, typer.Option("--env", help="Copy from: infra/environments/NAME.toml.")],
        to: Annotated[str, typer.Option("--to", help="Copy to; only `local` can be.")] = LOCAL,
        queue: Queue = None,
        id: Ids = None,
        reason: Reason = None,
    ) -> None:
        from mailroom.dead_letters.copying import pull

        if to != LOCAL:
            raise Refused(f"messages can't be copied to {to}", "copy them to: --to local")
        if env == to:
            raise Refused("the local environment can't be copied to itself", "name another: --env")
        local, matches = _connect(LOCAL), MessageFilter(frozenset(id or ()), reason)
        source = _connect(env)
        for name in group.choose(local, queue):
            errors.print(f"{name}: {pull(source, local, name, matches)} copied")

    return app


def _say_empty(
    environment: Environment, group: QueueGroup, found: list[QueuedMessage], reason: str | None
) -> None:
    if not found:
        how = f": {group.filled_by}" if environment.is_workflow else ""
        errors.print(f"no {group.called}{how}", style="dim")
        return
    raise MailroomError(
        f"no message has the reason {reason}",
        known_names(str(reason), "reasons", sorted({one.reason for one in found if one.reason})),
    )


def _redrive(environment: Environment, queue: str, matches: MessageFilter) -> None:
    from mailroom.dead_letters.consumption import consume
    from mailroom.dead_letters.redrive import redrive

    with counting(f"{queue}: {{}} sent back") as count:
        sent = redrive(environment, queue, matches, count)
    errors.print(f"{queue}: {sent} sent back")
    source = environment.topology.source_of(queue)
    if sent and source:
        with counting(f"{source}: {{}} left") as count:
            consume(environment, source, count)


def _list(
    environment: Environment, queues: tuple[str, ...], matches: MessageFilter
) -> list[QueuedMessage]:
    with Progress(errors).waiting_for("Reading the queues"):
        return list_messages(environment, queues, matches)


def _connect(env: str) -> Environment:
    from mailroom.cli.connection import connected_to

    return connected_to(Project.find(), env)


app = make_app(DEAD_LETTERS)
unrouted = make_app(UNROUTED)
