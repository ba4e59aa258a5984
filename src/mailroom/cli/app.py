"""Puts the commands together, and turns errors into one line and an exit code."""

import gc
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from mailroom.cli.coercion import coerce_when_needed
from mailroom.cli.commands import Commands
from mailroom.cli.output import errors, show_error
from mailroom.errors import EXIT_FAILURE, MailroomError
from mailroom.interrupts import interrupt_on_signals
from mailroom.project import TEMPLATE_VARIABLE


class Program(Commands):
    """The whole command line."""

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        windows_expand_args: bool = True,
        **extra: Any,
    ) -> Any:
        """Run a command, and exit. A wrong command line is explained in Mailroom's words."""
        from typer._click.exceptions import NoArgsIsHelpError, UsageError

        try:
            code = super().main(args, prog_name, complete_var, False, windows_expand_args, **extra)
        except NoArgsIsHelpError:
            # Help was printed as the error was made.
            sys.exit(0)
        except UsageError as error:
            from mailroom.cli.usage import explain

            show_error(explain(error))
            sys.exit(error.exit_code)
        except typer.Abort:
            # At a question: Ctrl-C, or the end of the input.
            errors.print("aborted")
            sys.exit(EXIT_FAILURE)
        sys.exit(code if isinstance(code, int) else 0)


app = typer.Typer(
    cls=Program,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(asked: bool) -> None:
    if asked:
        from importlib.metadata import version

        print(f"mailroom {version('mailroom')}")
        raise typer.Exit


def _name_template(template: Path | None) -> Path | None:
    """Every part of the command finds the template by its variable."""
    if template is not None:
        os.environ[TEMPLATE_VARIABLE] = str(template)
    return template


@app.callback()
def _group(
    template: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            envvar=TEMPLATE_VARIABLE,
            callback=_name_template,
            help="The application's SAM template, if it is not the working directory's.",
        ),
    ] = None,
    version: Annotated[
        bool,
        typer.Option("--version", callback=_version, is_eager=True, help="Show the version."),
    ] = False,
) -> None:
    """Run a serverless messaging workflow on this machine, and take it to AWS."""


def run() -> None:
    """Run a command, and exit; see `mailroom.cli.main`."""
    interrupt_on_signals()
    coerce_when_needed()
    try:
        app()
    except Exception as error:
        translated = translate(error)
        if translated is None:
            raise
        show_error(translated)
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
