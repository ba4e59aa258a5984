"""Puts the commands together, and turns errors into one line and an exit code."""

import sys

import typer

from mailroom.cli import (
    aws,
    check,
    dead_letters,
    debug,
    demo,
    doctor,
    iam,
    life,
    logs,
    messages,
    promotion,
    queues,
    rehearse,
    removal,
    replay,
    send,
    status,
    unrouted,
)
from mailroom.cli.output import errors
from mailroom.cli.strangers import as_known
from mailroom.errors import MailroomError
from mailroom.interrupts import interrupt_on_signals

app = typer.Typer(
    help="A local-first home for a serverless messaging workflow on AWS.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

app.command("up")(life.up)
app.command("down")(life.down)
app.command("reset")(life.reset)
app.command("status")(status.status)
app.command("logs")(logs.logs)
app.command("debug")(debug.debug)
app.command("send")(send.send)
app.command("messages")(messages.messages)
app.command("queues")(queues.queues)
app.add_typer(dead_letters.app, name="dead-letters")
app.add_typer(unrouted.app, name="unrouted")
app.command("replay")(replay.replay)
app.command("demo")(demo.demo)
app.command("check")(check.check)
app.add_typer(iam.app, name="iam")
app.command("setup")(aws.setup)
app.command("package")(aws.package)
app.command("deploy")(aws.deploy)
app.command("verify")(promotion.verify)
app.command("promote")(promotion.promote)
app.command("promotions")(promotion.promotions)
app.command("rollback")(promotion.rollback)
app.command("delete")(removal.delete)
app.command("publish")(removal.publish)
app.command("rehearse")(rehearse.rehearse)
app.command("doctor")(doctor.doctor)


def main() -> None:
    """Run the command. Exit codes: 0 done, 1 failed, 2 refused (nothing was touched), 3 settled
    but with dead letters, 130 interrupted."""
    interrupt_on_signals()
    try:
        app()
    except MailroomError as error:
        _show(error)
        sys.exit(error.exit_code)
    except Exception as error:
        known = as_known(error)
        if known is None:
            raise
        _show(known)
        sys.exit(known.exit_code)


def _show(error: MailroomError) -> None:
    errors.print("[red bold]error:[/] ", end="")
    errors.print(str(error), markup=False)
    if error.hint:
        errors.print(error.hint, markup=False, style="dim")
