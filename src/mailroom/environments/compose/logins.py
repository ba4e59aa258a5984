"""Runs in the container `logins`, before LocalStack starts: the logins to the database.

The superuser connects through a Unix socket that Postgres's container and this one share, and
LocalStack's does not, as the functions run there. The owner's password, which LocalStack needs for
its secret, is left in a file that only LocalStack's user may read. The passwords themselves are
kept in the superuser's database, which has the lifetime of the data.
"""

import os
from pathlib import Path

from psycopg.conninfo import make_conninfo

from mailroom.database.logins import OWNER
from mailroom.database.reader import PasswordTable
from mailroom.environments.bring_up import renew_logins
from mailroom.errors import NotUp

# Paths of docker-compose.yml.
_SUPERUSER = make_conninfo(host="/run/mailroom/postgres", user="postgres", dbname="postgres")
_FOLDER = Path("/run/mailroom/logins")


def provide_logins() -> None:
    """Give owner and reader their passwords, new ones at first, and hand on the owner's."""
    passwords = PasswordTable(_SUPERUSER)
    renew_logins(_SUPERUSER, passwords.provide)
    draft = _FOLDER / f"{OWNER}.draft"
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400), "w") as file:
        file.write(passwords.provide(OWNER))
    draft.replace(_FOLDER / OWNER)


def handed_on(user: str) -> str:
    """A login's password, in LocalStack's container.

    Raises:
        NotUp: The container `logins` has not handed it on.
    """
    try:
        return (_FOLDER / user).read_text()
    except FileNotFoundError:
        raise NotUp from None


if __name__ == "__main__":
    provide_logins()
