"""What Postgres' errors mean for a message.

https://www.postgresql.org/docs/current/errcodes-appendix.html
"""

import re
from enum import Enum

import psycopg

# Data exceptions, broken constraints, views' check options, program limits, and what a trigger
# raises: the message's own data is at fault.
_DATA = ("22", "23", "44", "54", "P0")
# Missing tables, columns, schemas, databases, permissions.
_SETUP = ("42", "3D", "3F", "0L", "0P")


# A refused connection carries no SQLSTATE.
_NO_DATABASE = re.compile(r'FATAL: +database ".*" does not exist')


class Fault(Enum):
    """Who has to do something before a statement can succeed."""

    TIME = "time"
    MESSAGE = "message"
    SETUP = "setup"


def fault(error: psycopg.Error) -> Fault:
    """Return where the fault lies; what is unknown may pass, so that no message is given up."""
    state = error.sqlstate
    if state is None and _NO_DATABASE.search(str(error)):
        return Fault.SETUP
    if state is None and isinstance(error, psycopg.DataError):
        return Fault.MESSAGE
    if state is None:
        return Fault.SETUP if isinstance(error, psycopg.ProgrammingError) else Fault.TIME
    if state.startswith(_DATA):
        return Fault.MESSAGE
    return Fault.SETUP if state.startswith(_SETUP) else Fault.TIME


def describe(error: psycopg.Error) -> str:
    """Return Postgres' own words without the statement's parameters."""
    primary = error.diag.message_primary or str(error).strip().partition("\n")[0]
    return f"{error.sqlstate}: {primary}" if error.sqlstate else primary
