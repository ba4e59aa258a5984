"""The database by its URL, as a client of one's own opens it."""

import subprocess

import psycopg
import pytest

from mailroom.database.reader import PasswordTable
from mailroom.environments.environment import Environment
from mailroom.project import Project
from tests.support.command import Command
from tests.support.events import alert


@pytest.fixture
def mailroom(project: Project, environment: Environment) -> Command:
    """The command on the tests' environment."""
    return Command(project.root, project.state, environment=environment.name)


def url(mailroom: Command, role: str) -> str:
    return mailroom.run("database", "url", "--role", role).stdout.strip()


def test_the_owner_may_change_tables_by_the_url(mailroom: Command) -> None:
    owner = mailroom.run("database", "url").stdout.strip()

    with psycopg.connect(owner) as database:
        database.execute("CREATE TABLE of_a_test ()")
        database.rollback()

    assert owner == url(mailroom, "owner")
    assert owner.startswith("postgresql://mailroom:")


def test_the_reader_reads_every_table_also_a_new_one_and_changes_none(
    mailroom: Command,
) -> None:
    event = alert()
    mailroom.send([event])

    with (
        psycopg.connect(url(mailroom, "owner"), autocommit=True) as owner,
        psycopg.connect(url(mailroom, "reader"), autocommit=True) as reader,
    ):
        owner.execute("CREATE TABLE of_a_test ()")
        try:
            reader.execute("TABLE of_a_test")
        finally:
            owner.execute("DROP TABLE of_a_test")
        found = reader.execute("SELECT type FROM messages WHERE id = %s", [event["id"]])
        assert found.fetchall() == [("alert",)]
        reader.execute("SET default_transaction_read_only = off")
        for statement in ("DELETE FROM messages", "CREATE TABLE mine ()", "TABLE pg_authid"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                reader.execute(statement)


def test_psql_opens_the_database_and_takes_arguments(mailroom: Command) -> None:
    printed = mailroom.run(
        *("database", "psql", "--role", "reader", "--", "-tA"), given="SELECT current_user"
    )
    failed = mailroom.run("database", "psql", "-c", "nonsense", code=1)

    assert printed.stdout == "mailroom_reader\n"
    assert "syntax error" in failed.stderr


def test_no_password_is_in_the_arguments_or_variables_of_psql(
    mailroom: Command, project: Project, environment: Environment, same_files: None
) -> None:
    password = url(mailroom, "owner").partition(":")[2].partition("@")[0].rpartition(":")[2]
    shown = mailroom.run("database", "psql", "-c", r"\! tr '\0' '\n' < /proc/$PPID/environ; env")

    assert password
    assert "PGPASSFILE" in shown.stdout
    assert password not in shown.stdout


def test_a_container_keeps_a_password_in_the_superusers_database(
    environment: Environment, mailroom: Command, same_files: None
) -> None:
    superuser = environment.database.replace("dbname=mailroom", "dbname=postgres")

    first = PasswordTable(superuser).provide("of_a_test")
    asked = PasswordTable(superuser).provide("of_a_test")

    with psycopg.connect(superuser, autocommit=True) as database:
        by_hand = database.execute(PasswordTable.QUERY.format("of_a_test").encode()).fetchone()
        database.execute("DROP TABLE public.logins")
    assert first == asked
    assert by_hand == (first,)


def test_without_an_environment_there_is_no_url(mailroom: Command) -> None:
    run = subprocess.run(
        [str(mailroom.checkout / ".venv" / "bin" / "mailroom"), "database", "url"],
        env={**mailroom.variables, "MAILROOM_STATE": "/nonexistent/state"},
        capture_output=True,
        text=True,
        cwd=mailroom.checkout,
    )

    assert (run.returncode, run.stdout) == (2, "")
    assert "no environment is up" in run.stderr
