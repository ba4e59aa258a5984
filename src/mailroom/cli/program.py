"""How the command was called: hints name it in the same way, so that they can be pasted."""

import os
import re
import shlex
import shutil
import sys
from functools import cache
from pathlib import Path

from mailroom.cli.commands import PLACES

# The verbs of the Makefile that take no more words than these.
VERBS = frozenset(
    ("up", "down", "status", "reset", "demo", "check", "package", "rehearse", "doctor")
)
VERBS_OF_ENVIRONMENTS = frozenset(
    ("setup", "deploy", "verify", "promote", "rollback", "publish", "delete")
)
_END = r"(?=$|[\n.,;:)])"
_COMMAND = re.compile(rf"(?<![\w/.\-])mailroom (?=(?:{'|'.join(PLACES)})\b|--help\b)")
_VERB = re.compile(rf"(?<![\w/.\-])mailroom ({'|'.join(sorted(VERBS))}){_END}")
_VERB_OF_ENVIRONMENT = re.compile(
    rf"(?<![\w/.\-])mailroom ({'|'.join(sorted(VERBS_OF_ENVIRONMENTS))}) --env ([\w-]+){_END}"
)


def as_called(text: str) -> str:
    """A text in which each command of Mailroom is written as this process was called.

    `mailroom up` becomes `.venv/bin/mailroom up` when the shell does not find `mailroom`, and
    `make up` when `make` called it and has such a verb.
    """
    if "mailroom " not in text:
        return text
    if called_by_make():
        text = _VERB.sub(r"make \1", text)
        text = _VERB_OF_ENVIRONMENT.sub(r"make \1 ENV=\2", text)
    return _COMMAND.sub(lambda _: f"{program()} ", text)


def called_by_make() -> bool:
    """Whether a verb of the Makefile called this process."""
    return os.environ.get("MAILROOM_CALLED_BY") == "make"


@cache
def program() -> str:
    """The command's name if the shell finds it, else its path, quoted for the shell."""
    own = Path(sys.argv[0])
    if own.name != "mailroom":
        # Not the installed command, such as `python -m mailroom.cli.documentation`.
        own = Path(sys.executable).with_name("mailroom")
    found = shutil.which("mailroom")
    # It may be another checkout's.
    return "mailroom" if found and Path(found).resolve() == own.resolve() else _path(own)


def _path(own: Path) -> str:
    path = os.path.relpath(own)
    return shlex.quote(str(own.absolute()) if path.startswith("..") else path)
