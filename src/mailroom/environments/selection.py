"""Finds the environment that is up: embedded, or in containers."""

import os
from collections.abc import Callable
from typing import TYPE_CHECKING

from mailroom.environments.environment import Environment
from mailroom.errors import HalfUp, NotUp, Refused
from mailroom.project import Project

if TYPE_CHECKING:
    from mailroom.environments.compose.environment import ComposeEnvironment
    from mailroom.environments.embedded.environment import EmbeddedEnvironment

    type LocalEnvironment = EmbeddedEnvironment | ComposeEnvironment

_CHOICE = "MAILROOM_ENVIRONMENT"


def connect(project: Project) -> Environment:
    """The environment of this checkout that is up.

    Raises:
        NotUp: None is, or not all of it.
        Refused: Both are, and nothing says which is meant.
    """
    chosen = choose(project)
    try:
        return chosen.connect()
    except NotUp as error:
        if chosen.running:
            raise HalfUp(chosen.name) from None
        error.hint = "\n".join([error.hint, *left_alone(project)])
        raise


def choose(project: Project) -> "LocalEnvironment":
    """The environment that a command is about: the one that runs, wholly or in part.

    The embedded one when none runs. When both do, MAILROOM_ENVIRONMENT has to say which is meant:
    sending to the wrong one would go unnoticed.

    Raises:
        Refused: Both run, and nothing says which is meant.
    """
    candidates = local_environments(project)
    running = [candidate for candidate in candidates if candidate.running]
    if len(running) > 1:
        raise Refused(
            "two environments are up: embedded and compose",
            f"say which is meant: {_CHOICE}=embedded or {_CHOICE}=compose; "
            "or stop both: mailroom down",
        )
    return (running or candidates)[0]


def local_environments(project: Project) -> "list[LocalEnvironment]":
    """All that a checkout may have, or the one that MAILROOM_ENVIRONMENT names.

    Raises:
        Refused: It names none.
    """
    from mailroom.environments.compose.environment import ComposeEnvironment
    from mailroom.environments.embedded.environment import EmbeddedEnvironment

    known: dict[str, Callable[[Project], LocalEnvironment]]
    known = {"embedded": EmbeddedEnvironment, "compose": ComposeEnvironment}
    choice = os.environ.get(_CHOICE)
    if choice and choice not in known:
        raise Refused(f"{_CHOICE} is {choice!r}", f"it may be: {', '.join(known)}")
    return [known[name](project) for name in ([choice] if choice else known)]


def left_alone(project: Project) -> list[str]:
    """Containers of other checkouts, a line for each checkout: no command touches them."""
    return [line for one in _containers(project) for line in one.left_alone()]


def ownerless(project: Project) -> list[str]:
    """Volumes of which nothing says which checkout made them, a line each."""
    return [line for one in _containers(project) for line in one.ownerless()]


def _containers(project: Project) -> "list[ComposeEnvironment]":
    from mailroom.environments.compose.environment import ComposeEnvironment

    return [one for one in local_environments(project) if isinstance(one, ComposeEnvironment)]
