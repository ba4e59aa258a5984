"""Puts the commands together, and turns errors into one line and an exit code."""

import gc
import sys

import typer

from mailroom.cli.commands import Commands
from mailroom.cli.output import errors
from mailroom.errors import MailroomError
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
    # Imported here, as botocore and psycopg take longer than the rest of a command.
    from mailroom.aws.error_translation import translate as translate_library_error

    return translate_library_error(error)
