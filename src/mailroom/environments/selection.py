"""Selects the environment of a command: embedded, or in containers."""

import os
from collections.abc import Callable
from typing import TYPE_CHECKING

from mailroom.environments.environment import Environment
from mailroom.errors import HalfUp, NotUp, Refused
from mailroom.project import Project

if TYPE_CHECKING:
    from mailroom.environments.compose.environment import ComposeEnvironment
    from mailroom.environments.embedded.environment import EmbeddedEnvironment

    LocalEnvironment = EmbeddedEnvironment | ComposeEnvironment

_CHOICE = "MAILROOM_ENVIRONMENT"


def connect(project: Project, database: bool = True) -> Environment:
    """The environment of this checkout that is up.

    Args:
        project: The checkout.
        database: Whether its Postgres must be up too.

    Raises:
        NotUp: None is up, or only a part of it.
        Refused: Both are up, and MAILROOM_ENVIRONMENT names none.
    """
    return reach(project, choose(project), database)


def reach(project: Project, chosen: "LocalEnvironment", database: bool = True) -> Environment:
    """How to reach one of a checkout's environments; for `database` see `connect`.

    Raises:
        NotUp: It is not up, or only a part of it.
    """
    try:
        return chosen.connect(database)
    except NotUp as error:
        if chosen.running:
            raise HalfUp(chosen.name) from None
        error.hint = "\n".join([error.hint, *left_alone(project)])
        raise


def choose(project: Project) -> "LocalEnvironment":
    """The environment that runs, wholly or in part; the embedded one when none runs.

    When both run, MAILROOM_ENVIRONMENT must name one, as a message sent to the wrong one would
    not be noticed.

    Raises:
        Refused: Both run, and MAILROOM_ENVIRONMENT names none.
    """
    candidates = local_environments(project)
    running = [candidate for candidate in candidates if candidate.running]
    if len(running) > 1:
        raise Refused(
            "two environments are up: embedded and compose",
            f"name one: {_CHOICE}=embedded or {_CHOICE}=compose; or stop both: mailroom down",
        )
    return (running or candidates)[0]


def local_environments(project: Project) -> "list[LocalEnvironment]":
    """Both environments of a checkout, or the one that MAILROOM_ENVIRONMENT names.

    Raises:
        Refused: The variable has another value.
    """
    from mailroom.environments.compose.environment import ComposeEnvironment
    from mailroom.environments.embedded.environment import EmbeddedEnvironment

    if not project.is_workflow:
        return [EmbeddedEnvironment(project)]
    known: dict[str, Callable[[Project], LocalEnvironment]]
    known = {"embedded": EmbeddedEnvironment, "compose": ComposeEnvironment}
    choice = os.environ.get(_CHOICE)
    if choice and choice not in known:
        raise Refused(f"{_CHOICE} is {choice!r}", f"it may be: {', '.join(known)}")
    return [known[name](project) for name in ([choice] if choice else known)]


def left_alone(project: Project) -> list[str]:
    """Containers of other checkouts, a line for each checkout; no command changes them."""
    return [line for one in _containers(project) for line in one.inventory.left_alone()]


def ownerless(project: Project) -> list[str]:
    """Volumes that may belong to any checkout, a line each."""
    return [line for one in _containers(project) for line in one.inventory.ownerless()]


def _containers(project: Project) -> "list[ComposeEnvironment]":
    from mailroom.environments.compose.environment import ComposeEnvironment

    return [one for one in local_environments(project) if isinstance(one, ComposeEnvironment)]
