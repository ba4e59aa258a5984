"""Puts the commands together, and turns errors into one line and an exit code."""

import signal
import sys
from types import FrameType
from typing import NoReturn

import typer

from mailroom.cli import demo, life, logs, messages, queues, send, status
from mailroom.cli.output import errors
from mailroom.errors import EXIT_FAILURE, MailroomError

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
app.command("send")(send.send)
app.command("messages")(messages.messages)
app.command("queues")(queues.queues)
app.command("demo")(demo.demo)


def main() -> None:
    """Run the command. Exit codes: 0 done, 1 failed, 2 refused (nothing was touched), 3 settled
    but with dead letters, 130 interrupted."""
    signal.signal(signal.SIGTERM, _interrupt)
    signal.signal(signal.SIGHUP, _interrupt)
    try:
        app()
    except MailroomError as error:
        errors.print(f"[red bold]error:[/] {_escape(str(error))}")
        if error.hint:
            errors.print(_escape(error.hint), style="dim")
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        errors.print("interrupted")
        sys.exit(130)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(EXIT_FAILURE)
    except Exception as error:
        message = _engine_error(error)
        if message is None:
            raise
        errors.print(f"[red bold]error:[/] {_escape(message)}")
        sys.exit(EXIT_FAILURE)


def _interrupt(number: int, frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt


def _escape(text: str) -> str:
    return text.replace("[", r"\[")


def _engine_error(error: Exception) -> str | None:
    """What AWS's, or the emulator's, refusal means to the user; None for a bug of ours."""
    from botocore.exceptions import BotoCoreError, ClientError
    from psycopg import OperationalError

    if isinstance(error, OperationalError):
        return f"the database did not answer: {error}"
    if isinstance(error, (BotoCoreError, ClientError)):
        return str(error)
    return None
