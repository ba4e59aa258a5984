"""The ingestion role: it may log in to this database, and has ingestion's privileges alone."""

from collections.abc import Iterable, Iterator
from hashlib import sha256

from psycopg import sql

from messages.types import MessageType
from migrate_database.lock import Connection
from shared.errors import DatabaseMisconfigured
from shared.secrets import Credentials

_PRIVILEGES = {
    "messages": "SELECT, INSERT",
    "settlements": "SELECT, INSERT, UPDATE (outcome, settled_at)",
    "dead_letters": "SELECT, INSERT, UPDATE (sent_at, resolved_at)",
    "batch_progress": "SELECT, INSERT, UPDATE (ingested, already_there, dead_lettered, changed_at)",
}

_NAME_BYTES = 63

# Lambda may freeze or end a function within a transaction: Postgres then releases its locks.
_TIMEOUTS = {
    "statement_timeout": "30s",
    "lock_timeout": "10s",
    "idle_in_transaction_session_timeout": "60s",
}


def role_name(wanted: str) -> str:
    """Return a name that Postgres doesn't cut off: its first part and a digest when too long.

    Postgres takes 63 bytes of a name and drops the rest, so that a stack's role could be another's.
    https://www.postgresql.org/docs/18/limits.html
    """
    encoded = wanted.encode()
    if len(encoded) <= _NAME_BYTES:
        return wanted
    digest = sha256(encoded).hexdigest()[:8]
    return f"{encoded[: _NAME_BYTES - 9].decode(errors='ignore')}-{digest}"


def put_role(connection: Connection, ingestion: Credentials) -> None:
    """Create or alter the role so that it logs in with its secret's password.

    The statement holds the password's SCRAM verifier, so that the password is in no log and no
    error.

    Raises:
        DatabaseMisconfigured: when the role has attributes that ingestion must not have.
    """
    role = sql.Identifier(ingestion.username)
    verb = sql.SQL("ALTER" if _check_role(connection, ingestion.username) else "CREATE")
    verifier = connection.pgconn.encrypt_password(
        ingestion.password.encode(), ingestion.username.encode(), b"scram-sha-256"
    )
    connection.execute(
        sql.SQL("{} ROLE {} LOGIN PASSWORD {}").format(verb, role, sql.Literal(verifier.decode()))
    )
    for name, value in _TIMEOUTS.items():
        connection.execute(
            sql.SQL("ALTER ROLE {} SET {} = {}").format(
                role, sql.Identifier(name), sql.Literal(value)
            )
        )


def grant_ingestion(
    connection: Connection, ingestion: Credentials, types: Iterable[MessageType]
) -> None:
    """Grant the role the privileges of ingestion and revoke all others, in one transaction.

    For each type it may insert into the type's table, and what the grants in its type.toml say.
    """
    role = sql.Identifier(ingestion.username)
    database = sql.Identifier(ingestion.dbname)
    with connection.transaction():
        for statement in (
            sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(database),
            sql.SQL("REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {}").format(role),
            sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(database, role),
            sql.SQL("GRANT USAGE ON SCHEMA public TO {}").format(role),
        ):
            connection.execute(statement)
        for table, privileges in _privileges(types):
            grant = sql.SQL("GRANT {} ON {} TO {}").format(
                sql.SQL(privileges), sql.Identifier(table), role
            )
            connection.execute(grant)


def _privileges(types: Iterable[MessageType]) -> Iterator[tuple[str, str]]:
    yield from _PRIVILEGES.items()
    for one in types:
        yield one.settings.table, "INSERT"
        yield from one.settings.grants.items()


def _check_role(connection: Connection, name: str) -> bool:
    """Return whether the role exists."""
    row = connection.execute(
        "SELECT rolsuper OR rolcreaterole OR rolcreatedb OR rolreplication OR rolbypassrls"
        " FROM pg_roles WHERE rolname = %s",
        (name,),
    ).fetchone()
    if row is not None and row[0]:
        raise DatabaseMisconfigured(f"role {name} has attributes that ingestion must not have")
    return row is not None
