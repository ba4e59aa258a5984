"""The reader of a local environment's database, and where a container keeps passwords."""

import secrets

from mailroom.database.logins import DATABASE, OWNER, READER

# To be executed one by one in the database, as the superuser; an empty database has lost them.
READING = (
    f"GRANT CONNECT ON DATABASE {DATABASE} TO {READER}",
    f"GRANT USAGE ON SCHEMA public TO {READER}",
    f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {READER}",
    f"ALTER DEFAULT PRIVILEGES FOR ROLE {OWNER} GRANT SELECT ON TABLES TO {READER}",
)


def provide_reader(superuser: str, password: str) -> None:
    """Create or alter the reader: it may read every table of the database, and no other.

    Not by `pg_read_all_data`, which also reads the other roles' password verifiers.

    Args:
        superuser: Connection string of the superuser, to any database.
        password: The reader's password.
    """
    import psycopg
    from psycopg.conninfo import make_conninfo

    from mailroom.database.roles import provide_role

    with psycopg.connect(make_conninfo(superuser, dbname=DATABASE), autocommit=True) as connection:
        provide_role(connection, READER, password)
        connection.execute(f"ALTER ROLE {READER} SET default_transaction_read_only = on")
        for statement in READING:
            connection.execute(statement)


class PasswordTable:
    """Passwords in the database `postgres`, which only the superuser may read.

    For containers: it lives as long as the volume with the data, and needs no folder that
    LocalStack's container and this machine share.

    Args:
        superuser: Connection string of the superuser, to the database `postgres`.
    """

    QUERY = "SELECT password FROM public.logins WHERE name = '{}'"

    def __init__(self, superuser: str) -> None:
        self._superuser = superuser

    def provide(self, user: str) -> str:
        """A user's password; a new one at first."""
        import psycopg

        with psycopg.connect(self._superuser, autocommit=True) as connection:
            connection.execute(
                "CREATE TABLE IF NOT EXISTS public.logins"
                " (name text PRIMARY KEY, password text NOT NULL)"
            )
            connection.execute(
                "INSERT INTO public.logins VALUES (%s, %s) ON CONFLICT DO NOTHING",
                [user, secrets.token_urlsafe(24)],
            )
            found = connection.execute(
                "SELECT password FROM public.logins WHERE name = %s", [user]
            ).fetchone()
        assert found
        return str(found[0])
