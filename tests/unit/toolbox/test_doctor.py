"""What `mailroom doctor` finds on machines that lack something."""

import json
import socket
from pathlib import Path

import pytest
from typer.testing import CliRunner

from mailroom.cli.app import app
from mailroom.doctor import Finding, examine
from mailroom.project import Project

PERMISSION = "permission denied while trying to connect to the docker API at unix:///x.sock"


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A checkout whose state lies in a folder that is not there yet."""
    return Project.find(state=tmp_path / "deep" / "state")


def found(project: Project, what: str) -> Finding:
    [finding] = [one for one in examine(project) if one.what == what]
    return finding


def test_what_runs_on_a_laptop_is_there_once_it_is_installed(project: Project) -> None:
    missing = [one.what for one in examine(project) if one.required and not one.ok]

    assert missing == []


def test_a_checkout_that_is_not_installed_is_named_and_ends_with_1(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "infra").mkdir()
    (tmp_path / "infra" / "template.yml").touch()
    (tmp_path / "functions" / "messages").mkdir(parents=True)
    monkeypatch.chdir(tmp_path)

    run = CliRunner().invoke(app, ["doctor", "--json"])

    fix = {one["what"]: one["fix"] for one in json.loads(run.stdout) if not one["ok"]}
    assert run.exit_code == 1
    assert fix["LocalStack"] == fix["Lambda's runtime"] == "make install"


@pytest.mark.parametrize("port", ["abc", "0", "65536", "-1", "४"])
def test_a_port_that_is_none_is_named(
    project: Project, monkeypatch: pytest.MonkeyPatch, port: str
) -> None:
    monkeypatch.setenv("MAILROOM_PORT", port)

    assert found(project, "port").fix == "set MAILROOM_PORT to one"


def test_a_port_that_is_taken_is_named(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as holder:
        monkeypatch.setenv("MAILROOM_PORT", str(holder.getsockname()[1]))

        assert "--port" in found(project, "port").fix


@pytest.mark.parametrize(
    ("docker", "way_out"),
    [
        (None, "install Docker"),
        (f"#!/bin/sh\necho '{PERMISSION}' >&2\nexit 1\n", "usermod"),
        ("#!/bin/sh\necho 28.0.0\n", ""),
    ],
)
def test_docker_s_fix_depends_on_the_cause(
    project: Project,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    docker: str | None,
    way_out: str,
) -> None:
    if docker:
        (tmp_path / "docker").write_text(docker)
        (tmp_path / "docker").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))

    finding = found(project, "Docker")

    assert way_out in finding.fix
    assert finding.ok is (finding.fix == "")


def test_another_endpoint_than_aws_s_is_named(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:4566")

    assert found(project, "AWS itself").fix == "unset AWS_ENDPOINT_URL"
