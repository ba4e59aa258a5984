"""Options that commands share, and questions before a command changes something."""

import sys
from collections.abc import Callable
from typing import Annotated

import typer

from mailroom.errors import NoTerminal, Refused

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, for scripts.")]
Env = Annotated[
    str, typer.Option("--env", envvar="ENV", help="Environment: infra/environments/NAME.toml.")
]
LOCAL = "local"
LocalOrEnv = Annotated[
    str, typer.Option("--env", help="Environment: local, or infra/environments/NAME.toml.")
]
# Of a command that gives what follows its own options to another program as it is.
PASSED_ON = {"ignore_unknown_options": True, "allow_interspersed_args": False}
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]


def confirm(question: str, ask: Callable[[str], bool] = typer.confirm) -> bool:
    """Ask a question on the terminal.

    Raises:
        NoTerminal: Standard input is not a terminal.
    """
    if not sys.stdin.isatty():
        raise NoTerminal(question)
    return ask(question)


def require(question: str, yes: bool) -> None:
    """Ask a question, unless the option `--yes` has answered it.

    Raises:
        Refused: The answer is no, or standard input is not a terminal.
    """
    if not yes and not confirm(question):
        raise Refused("nothing was touched")
