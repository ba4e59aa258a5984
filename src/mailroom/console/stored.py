"""What the pages read from Postgres, or why they can't: a page shows what it has without it."""

from collections.abc import Callable
from typing import TypeVar

import psycopg

from mailroom.environments.environment import Environment
from mailroom.wording import first_line

T = TypeVar("T")
_AWAY = "The database of an account can't be reached from here, so its rows are not shown."


def stored(environment: Environment, read: Callable[[str], T]) -> tuple[T | None, str]:
    """What is read from the message workflow's database.

    Args:
        environment: The environment of the database.
        read: Reads it; its argument is the connection string.

    Returns:
        What was read; None, and a sentence that says why, if there is no such database, or it
        doesn't answer.
    """
    database = environment.message_database
    if not database:
        return None, _AWAY if environment.is_workflow else ""
    try:
        return read(database), ""
    except psycopg.OperationalError as error:
        return None, f"Postgres doesn't answer, so nothing is counted: {first_line(error)}"
