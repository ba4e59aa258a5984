"""The database of containers by its URL, and by psql."""

import json
from pathlib import Path

import pytest

from mailroom.database.logins import Login
from mailroom.database.reader import PasswordTable
from mailroom.environments.compose.environment import ComposeEnvironment
from mailroom.errors import NotUp
from mailroom.project import Project

# A Docker in which one container of Postgres runs, and which tells what psql is asked.
DOCKER = """\
#!/bin/sh
case "$*" in
"ps "*) cat "$HERE/listed" ;;
*" ps "*) cat "$HERE/containers" ;;
*" exec "*) echo "$@" >>"$HERE/asked"; echo "pass-word" ;;
*) exit 1 ;;
esac
"""


@pytest.fixture
def containers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ComposeEnvironment:
    """The environment in containers, of which Postgres runs."""
    (tmp_path / "docker").write_text(DOCKER)
    (tmp_path / "docker").chmod(0o755)
    project = Project(Project.find().root, tmp_path / "state")
    environment = ComposeEnvironment(project)
    name = environment.compose.usual_name
    row = ("0123456789ab", f"{name}-postgres-1", name, "postgres", str(project.root))
    (tmp_path / "listed").write_text("\t".join(row) + "\n")
    document = {
        "ID": "0123456789ab",
        "Service": "postgres",
        "State": "running",
        "Health": "healthy",
        "Publishers": [{"TargetPort": 5432, "PublishedPort": 21000}],
    }
    (tmp_path / "containers").write_text(json.dumps(document))
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    monkeypatch.setenv("HERE", str(tmp_path))
    return environment


@pytest.mark.parametrize("login", Login)
def test_the_url_has_the_published_port_and_the_password_that_postgres_keeps(
    containers: ComposeEnvironment, tmp_path: Path, login: Login
) -> None:
    found = containers.database_url(login)

    asked = (tmp_path / "asked").read_text()
    assert found == f"postgresql://{login.user}:pass-word@127.0.0.1:21000/mailroom"
    assert PasswordTable.QUERY.format(login.user) in asked
    assert "--username=postgres --dbname=postgres" in asked


def test_without_a_container_there_is_no_url(
    containers: ComposeEnvironment, tmp_path: Path
) -> None:
    (tmp_path / "listed").write_text("")

    with pytest.raises(NotUp):
        containers.database_url(Login.OWNER)


def test_psql_runs_in_the_container_over_the_socket_and_needs_no_password(
    containers: ComposeEnvironment,
) -> None:
    client = containers.psql(Login.READER)

    assert client.command[-4:] == ["psql", "-U", "mailroom_reader", "mailroom"]
    assert client.command[:2] == ["docker", "compose"]
    assert client.variables == {}


def test_an_emptied_database_can_be_read_again(
    containers: ComposeEnvironment, tmp_path: Path
) -> None:
    containers.empty_database()

    first, second = (tmp_path / "asked").read_text().splitlines()
    assert "--dbname=postgres" in first
    assert "CREATE DATABASE mailroom OWNER mailroom" in first
    assert "--dbname=mailroom" in second
    assert "GRANT SELECT ON ALL TABLES IN SCHEMA public TO mailroom_reader" in second
