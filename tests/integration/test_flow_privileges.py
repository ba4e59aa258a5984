"""The role that ingests can do what ingestion does, and nothing else."""

import uuid

import psycopg
import pytest
from psycopg import sql
from psycopg.errors import InsufficientPrivilege

from tests.support.events import mixed
from tests.support.flow import Flow
from tests.support.ingestion_role import IngestionRole

FORBIDDEN = [
    *("CREATE TABLE mine ()", "CREATE TEMPORARY TABLE mine ()", "CREATE SCHEMA mine"),
    *("DROP TABLE messages", "ALTER TABLE messages ADD COLUMN mine text", "TRUNCATE messages"),
    *("DELETE FROM messages", "DELETE FROM settlements", "DELETE FROM dead_letters"),
    *("DELETE FROM notifications", "DELETE FROM alerts"),
    *("UPDATE messages SET event = '{}'", "UPDATE messages SET digest = ''"),
    *("UPDATE notifications SET title = ''", "UPDATE alerts SET summary = ''"),
    *("UPDATE settlements SET batch_id = ''", "UPDATE dead_letters SET body = ''"),
    *("SELECT FROM notifications WHERE title = ''", "SELECT FROM alerts WHERE summary = ''"),
    *("SELECT FROM _yoyo_migration WHERE migration_id = ''", "SELECT FROM pg_authid"),
    *("CREATE ROLE mine", "CREATE DATABASE mine", "SET ROLE mailroom", "SET ROLE postgres"),
    *("COPY messages FROM '/etc/hostname'", "COPY messages TO PROGRAM 'true'"),
    "SELECT pg_read_file('/etc/hostname')",
]


@pytest.mark.parametrize("statement", FORBIDDEN)
def test_the_role_that_ingests_may_not(role: IngestionRole, statement: str) -> None:
    with role.connect() as connection, pytest.raises(InsufficientPrivilege):
        connection.execute(statement.encode())


def test_the_role_that_ingests_owns_nothing_and_is_in_no_other_role(
    flow: Flow, role: IngestionRole
) -> None:
    flow.send(mixed(2))

    row = flow.database.execute(
        "SELECT rolsuper, rolcreaterole, rolcreatedb, rolreplication, rolbypassrls,"
        " EXISTS (SELECT FROM pg_auth_members WHERE member = pg_roles.oid),"
        " EXISTS (SELECT FROM pg_shdepend WHERE refobjid = pg_roles.oid AND deptype = 'o')"
        " FROM pg_roles WHERE rolname = %s",
        [role.name],
    ).fetchone()

    assert row == (False,) * 7


def test_the_password_is_needed_to_log_in(role: IngestionRole) -> None:
    with (
        role.other_secret(password="guessed"),
        pytest.raises(psycopg.OperationalError, match="password authentication failed"),
    ):
        role.connect()


def test_a_role_that_is_granted_nothing_may_not_even_connect(
    flow: Flow, role: IngestionRole
) -> None:
    unknown = f"unknown-{uuid.uuid4()}"
    name, password = sql.Identifier(unknown), sql.Literal(unknown)
    flow.database.execute(sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}").format(name, password))

    try:
        with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
            psycopg.connect(role.login(user=unknown, password=unknown))
    finally:
        flow.database.execute(sql.SQL("DROP ROLE {}").format(name))
