"""The owner of the database: a role whose password its functions find in Secrets Manager."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mailroom.database.logins import DATABASE, OWNER, conninfo

if TYPE_CHECKING:
    import boto3

SECRET_NAME = "mailroom-database"
# As many as RDS reserves for its master user, and as a migration needs:
# https://repost.aws/knowledge-center/rds-postgresql-error-connection-slots
RESERVED_CONNECTIONS = 2
# To be executed one by one, as the superuser. It ends the functions' sessions.
EMPTYING = (
    f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)",
    f"CREATE DATABASE {DATABASE} OWNER {OWNER}",
)


@dataclass(frozen=True)
class OwnerSecret:
    """The owner's secret: its ARN and its content."""

    arn: str
    credentials: dict[str, Any]


def renew_owner(superuser: str, password: str) -> None:
    """Give the owner of the database a password; create owner and database if missing.

    As in RDS the owner is not a superuser, but may create roles and use reserved connections.

    Args:
        superuser: Connection string of the superuser, to the database `postgres`.
        password: The password.
    """
    import psycopg

    from mailroom.database.roles import provide_role

    with psycopg.connect(superuser, autocommit=True) as connection:
        provide_role(connection, OWNER, password, "CREATEROLE")
        connection.execute(f"GRANT pg_use_reserved_connections TO {OWNER}")
        found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
        if not found.fetchone():
            connection.execute(f"CREATE DATABASE {DATABASE} OWNER {OWNER}")


def owner_secret(session: "boto3.Session") -> OwnerSecret | None:
    """The owner's secret; None when there is none."""
    client = session.client("secretsmanager")
    try:
        secret = client.get_secret_value(SecretId=SECRET_NAME)
    except client.exceptions.ResourceNotFoundException:
        return None
    return OwnerSecret(secret["ARN"], json.loads(secret["SecretString"]))


def provide_owner_secret(
    session: "boto3.Session", host: str, port: int, password: str, renew: Callable[[], None]
) -> str:
    """Store the owner's secret, unless there is one with this password, and it works.

    Args:
        session: A session of the environment.
        host: Host of Postgres as the functions reach it.
        port: Its port.
        password: The owner's password.
        renew: Gives the owner the password. It is called before a secret is stored.

    Returns:
        The secret's ARN.
    """
    existing = owner_secret(session)
    known = existing is not None and existing.credentials.get("password") == password
    if existing and known and _log_in(existing.credentials, host, port):
        return existing.arn
    renew()
    return store_owner_credentials(session, host, port, password)


def connects(dsn: str) -> bool:
    """Whether a connection string works."""
    import psycopg

    try:
        psycopg.connect(dsn, connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True


def store_owner_credentials(session: "boto3.Session", host: str, port: int, password: str) -> str:
    """Store the owner's secret in the shape that RDS uses.

    Returns:
        The secret's ARN.
    """
    client = session.client("secretsmanager")
    credentials = {
        "engine": "postgres",
        "host": host,
        "port": port,
        "dbname": DATABASE,
        "username": OWNER,
        "password": password,
    }
    value = json.dumps(credentials)
    existing = owner_secret(session)
    if existing:
        return client.put_secret_value(SecretId=existing.arn, SecretString=value)["ARN"]
    arn = client.create_secret(Name=SECRET_NAME, SecretString=value)["ARN"]
    # The one that it was before LocalStack ended has the value that was put last.
    if client.get_secret_value(SecretId=arn)["SecretString"] != value:
        client.put_secret_value(SecretId=arn, SecretString=value)
    return arn


def _log_in(credentials: dict[str, Any], host: str, port: int) -> bool:
    """Whether credentials, in the shape that RDS uses, are the owner's and work."""
    named = (credentials.get("host"), credentials.get("port"), credentials.get("username"))
    return named == (host, port, OWNER) and connects(
        conninfo(host, port, DATABASE, OWNER, credentials.get("password", ""))
    )
