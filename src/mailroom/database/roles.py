"""Creates roles of the database, and gives them passwords."""

import psycopg


def provide_role(
    connection: psycopg.Connection, role: str, password: str, options: str = ""
) -> None:
    """Create or alter a role that logs in by a password.

    Args:
        connection: A connection of the superuser.
        role: The role's name.
        password: Its password; only a verifier of it is sent.
        options: Its other attributes in SQL, such as CREATEROLE.
    """
    verifier = connection.pgconn.encrypt_password(
        password.encode(), role.encode(), b"scram-sha-256"
    ).decode()
    exists = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
    verb = "ALTER" if exists.fetchone() else "CREATE"
    connection.execute(f"{verb} ROLE {role} LOGIN {options} PASSWORD '{verifier}'")
