"""Starts other programs in the place of a command."""

import os
import shutil
import sys
from collections.abc import Collection, Mapping, Sequence
from typing import NoReturn

from mailroom.errors import Refused


def replace_process(
    command: Sequence[str], variables: Mapping[str, str], without: Collection[str] = ()
) -> NoReturn:
    """Run a program in the place of this one, so that terminal, signals and exit code are its own.

    Args:
        command: Program and arguments.
        variables: Environment variables that are added.
        without: Names of environment variables that are removed.

    Raises:
        Refused: There is no such program.
    """
    environment = {k: v for k, v in os.environ.items() if k not in without} | dict(variables)
    program = shutil.which(command[0], path=environment.get("PATH"))
    if program is None:
        raise Refused(f"there is no program {command[0]!r}")
    sys.stdout.flush()
    os.execve(program, list(command), environment)
