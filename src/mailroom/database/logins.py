"""The logins of a local environment's database: its owner, and a reader.

Their passwords stay the same, so that a database client's saved connection does too.
"""

import os
import re
import secrets
from enum import StrEnum
from pathlib import Path

# Of the database and its owner, in each environment.
DATABASE = "mailroom"
OWNER = "mailroom"
READER = "mailroom_reader"


class Login(StrEnum):
    """Who logs in: the owner, who may do everything, or a reader of every table."""

    OWNER = "owner"
    READER = "reader"

    @property
    def user(self) -> str:
        """The role's name in Postgres."""
        return {Login.OWNER: OWNER, Login.READER: READER}[self]


class PasswordFile:
    """Passwords in a file of libpq's format, which only its user may read.

    https://www.postgresql.org/docs/18/libpq-pgpass.html

    Args:
        path: The file, for PGPASSFILE.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def read(self) -> dict[str, str]:
        """The passwords by user; none when there is no file."""
        try:
            lines = self.path.read_text().splitlines()
        except FileNotFoundError:
            return {}
        rows = [line.split(":") for line in lines]
        return {row[3]: row[4] for row in rows if len(row) == 5}

    def provide(self, user: str) -> str:
        """A user's password; a new one at first."""
        known = self.read()
        if user not in known:
            known[user] = secrets.token_urlsafe(24)
            self._write(known)
        return known[user]

    def remove(self) -> None:
        """Delete the file."""
        self.path.unlink(missing_ok=True)

    def _write(self, passwords: dict[str, str]) -> None:
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = self.path.with_suffix(".draft")
        draft.unlink(missing_ok=True)
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            # With any port, as it may have to change.
            file.writelines(f"127.0.0.1:*:{DATABASE}:{u}:{p}\n" for u, p in passwords.items())
        draft.replace(self.path)


def url(user: str, password: str, port: int) -> str:
    """The URL of the database on this machine, as every client takes it."""
    return f"postgresql://{user}:{password}@127.0.0.1:{port}/{DATABASE}"


def conninfo(host: str, port: int, database: str, user: str, password: str | None = None) -> str:
    """A connection string of libpq.

    psycopg makes them too, but most commands need nothing else of it, and it takes as long to
    import as they take to answer.

    https://www.postgresql.org/docs/18/libpq-connect.html#LIBPQ-CONNSTRING-KEYWORD-VALUE
    """
    values = {"host": host, "port": str(port), "dbname": database, "user": user}
    if password is not None:
        values["password"] = password
    return " ".join(f"{name}={_quoted(value)}" for name, value in values.items())


def _quoted(value: str) -> str:
    if re.fullmatch(r"[^\s'\\]+", value):
        return value
    return "'" + re.sub(r"(['\\])", r"\\\1", value) + "'"
