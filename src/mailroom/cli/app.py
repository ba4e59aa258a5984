"""Puts the commands together, and turns errors into one line and an exit code."""

import gc
import sys

import typer

from mailroom.cli.commands import Commands
from mailroom.cli.output import errors
from mailroom.errors import MailroomError, NoAnswer, Refused
from mailroom.interrupts import interrupt_on_signals

app = typer.Typer(
    cls=Commands,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

# Python's threshold is 2,000 allocations: collections while modules are imported find no garbage.
_ALLOCATIONS = 500_000


@app.callback()
def _group() -> None:
    """Run a serverless messaging workflow on this machine, and take it to AWS."""


def main() -> None:
    """Run a command. Exit codes: 0 done, 1 failed, 2 refused (nothing was touched), 3 settled
    but with dead letters, 130 interrupted."""
    interrupt_on_signals()
    gc.set_threshold(_ALLOCATIONS)
    try:
        app()
    except Exception as error:
        translated = translate(error)
        if translated is None:
            raise
        errors.print("[red bold]error:[/] ", end="")
        errors.print(str(translated), markup=False)
        if translated.hint:
            errors.print(translated.hint, markup=False, style="dim")
        sys.exit(translated.exit_code)
    finally:
        # Otherwise Python collects all imported modules at exit, for 0.4 s.
        gc.freeze()


def translate(error: Exception) -> MailroomError | None:
    """Translate an error of a library that a user can cause; None for a bug of Mailroom."""
    if isinstance(error, MailroomError):
        return error
    from boto3.exceptions import Boto3Error
    from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError
    from botocore.exceptions import ConnectionError as NotConnected
    from psycopg import OperationalError

    from mailroom.aws.error_translation import explain

    explained = explain(error)
    if explained:
        return explained
    if isinstance(error, OperationalError):
        return NoAnswer(f"the database did not answer: {_first_line(error)}")
    if isinstance(error, HTTPClientError | NotConnected):
        return NoAnswer(f"the engine did not answer: {_first_line(error)}")
    if isinstance(error, BotoCoreError | Boto3Error | ClientError):
        return MailroomError(str(error))
    if isinstance(error, UnicodeEncodeError) and error.reason == "surrogates not allowed":
        # Python represents a byte of the command line that is not UTF-8 by a surrogate.
        return Refused("an argument is not UTF-8")
    if isinstance(error, OSError) and error.strerror:
        where = f"{error.filename}: " if error.filename else ""
        return MailroomError(f"{where}{error.strerror}")
    return None


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]
