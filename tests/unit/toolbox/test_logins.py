"""The passwords of the database's logins, and the port that stays."""

from pathlib import Path

import pytest
from psycopg.conninfo import conninfo_to_dict

from mailroom.database.logins import PasswordFile, conninfo, url
from mailroom.environments.compose.containers import Container
from mailroom.environments.compose.startup import _postgres_port
from mailroom.environments.ports import own_port


def test_a_password_stays_the_same_and_each_user_has_its_own(tmp_path: Path) -> None:
    file = PasswordFile(tmp_path / "state" / "pgpass")

    owner, reader = file.provide("mailroom"), file.provide("mailroom_reader")

    assert owner != reader
    again = PasswordFile(file.path)
    assert (again.provide("mailroom"), again.provide("mailroom_reader")) == (owner, reader)


def test_only_its_user_may_read_the_file_and_libpq_finds_a_password_in_it(tmp_path: Path) -> None:
    file = PasswordFile(tmp_path / "pgpass")

    password = file.provide("mailroom")

    assert file.path.stat().st_mode & 0o777 == 0o600
    assert file.path.read_text() == f"127.0.0.1:*:mailroom:mailroom:{password}\n"


def test_a_file_that_is_no_password_file_is_written_again(tmp_path: Path) -> None:
    (tmp_path / "pgpass").write_text("{\n\nmailroom:x\n")

    password = PasswordFile(tmp_path / "pgpass").provide("mailroom")

    assert PasswordFile(tmp_path / "pgpass").read() == {"mailroom": password}


def test_a_url_needs_no_escapes(tmp_path: Path) -> None:
    assert url("mailroom", "a-b_c", 20001) == "postgresql://mailroom:a-b_c@127.0.0.1:20001/mailroom"


def test_a_port_follows_from_the_folder_and_is_none_that_systems_give_away() -> None:
    first, second = own_port("/home/ada/a"), own_port("/home/ada/b")

    assert first == own_port("/home/ada/a")
    assert first != second
    assert {20_000 <= port < 30_100 for port in (first, second)} == {True}


def test_a_container_that_runs_keeps_its_port_and_another_gets_the_folders() -> None:
    running = Container("1", "postgres", "running", "healthy", {5432: 40_000})
    stopped = Container("1", "postgres", "exited", "", {})

    assert _postgres_port(running, "a") == 40_000
    assert _postgres_port(stopped, "a") == _postgres_port(None, "a") == own_port("a")


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "/tmp/a folder", "/tmp/it's", "/tmp/back\\slash", ""]
)
def test_a_connection_string_is_read_by_libpq_as_it_was_meant(host: str) -> None:
    read = conninfo_to_dict(conninfo(host, 20001, "mailroom", "me", "a b"))

    assert read == {
        "host": host,
        "port": "20001",
        "dbname": "mailroom",
        "user": "me",
        "password": "a b",
    }
