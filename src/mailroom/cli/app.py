"""Puts the commands together, and turns errors into one line and an exit code."""

import gc
import sys

import typer

from mailroom.cli.commands import Commands
from mailroom.cli.error_translation import as_known
from mailroom.cli.output import errors
from mailroom.errors import MailroomError
from mailroom.interrupts import interrupt_on_signals

app = typer.Typer(
    cls=Commands,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

# So many before garbage is looked for, and not Python's 2,000: what is imported is none.
_ALLOCATIONS = 500_000


@app.callback()
def _group() -> None:
    """A local-first home for a serverless messaging workflow on AWS."""


def main() -> None:
    """Run the command. Exit codes: 0 done, 1 failed, 2 refused (nothing was touched), 3 settled
    but with dead letters, 130 interrupted."""
    interrupt_on_signals()
    gc.set_threshold(_ALLOCATIONS)
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
    finally:
        # Or Python goes through all that was imported once more, for 0.4 s, as it ends.
        gc.freeze()


def _show(error: MailroomError) -> None:
    errors.print("[red bold]error:[/] ", end="")
    errors.print(str(error), markup=False)
    if error.hint:
        errors.print(error.hint, markup=False, style="dim")
