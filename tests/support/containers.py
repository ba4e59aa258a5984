"""docker-compose.yml, brought up by testcontainers for a test session, and gone at its end."""

import os
import secrets
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from unittest.mock import patch

import pytest
from psycopg.conninfo import make_conninfo
from testcontainers.compose import DockerCompose

from mailroom.environments.compose.docker_errors import EngineMissing, ImageMissing, diagnose
from mailroom.environments.compose.environment import LOCALSTACK, POSTGRES, ComposeEnvironment
from mailroom.environments.environment import Environment
from mailroom.environments.ports import free_port
from mailroom.interrupts import interrupt_on_signals, uninterrupted
from mailroom.project import Project

_OURS = ("MAILROOM_", "COMPOSE_", "LOCALSTACK_")


def require_engine(project: Project) -> None:
    """Skip, in one line, where there is no Docker engine with Compose v2."""
    try:
        compose = ComposeEnvironment(project).compose
        compose.ask("version")
        compose.containers()
    except EngineMissing as error:
        pytest.skip(f"no containers here: {error}")


@contextmanager
def containers_up(project: Project, settings: Mapping[str, str]) -> Iterator[Environment]:
    """The environment in containers, healthy; its volumes go with it, even if interrupted."""
    interrupt_on_signals()
    project.logs.mkdir(parents=True, exist_ok=True)
    with without_settings():
        local = ComposeEnvironment(project)
        name = local.compose.project_name
        variables = project.state / "compose.env"
        given = {"COMPOSE_PROJECT_NAME": name, **settings}
        variables.write_text("".join(f"{key}={value}\n" for key, value in given.items()))
        compose = DockerCompose(project.root, build=True, env_file=str(variables))
        try:
            start(compose)
            with logs_in_files(local):
                yield replace(local.connect(), database=superuser(local))
        finally:
            with uninterrupted():
                compose.stop()
                local.reset()


def start(compose: DockerCompose) -> None:
    """Start it, or say what is in the way; skip where an image can't be had."""
    try:
        compose.start()
    except subprocess.CalledProcessError as error:
        reason = diagnose(error.stderr.decode(errors="replace"), "docker compose up")
        if isinstance(reason, ImageMissing):
            pytest.skip(f"no containers here: {reason}")
        raise reason from None


@contextmanager
def without_settings() -> Iterator[None]:
    """The shell's own settings of docker-compose.yml don't count meanwhile."""
    others = {k: v for k, v in os.environ.items() if not k.startswith(_OURS)}
    with patch.dict(os.environ, others, clear=True):
        yield


def superuser(local: ComposeEnvironment) -> str:
    """A connection string with a superuser's rights, as the embedded environment's has."""
    password = secrets.token_urlsafe()
    statement = f"CREATE ROLE tester SUPERUSER LOGIN PASSWORD '{password}'"
    psql(local, statement)
    port = local.containers[POSTGRES].ports[5432]
    return make_conninfo(
        host="127.0.0.1", port=port, dbname="mailroom", user="tester", password=password
    )


def psql(local: ComposeEnvironment, statement: str) -> str:
    """Run a statement as the superuser, inside Postgres's container; what it prints."""
    command = ("psql", "-U", "postgres", "-d", "mailroom", "-tAqc", statement)
    return local.compose.ask("exec", "--no-TTY", POSTGRES, *command).strip()


def gateway(local: ComposeEnvironment) -> str:
    """This machine's address, as the containers see it."""
    network = "{{range .NetworkSettings.Networks}}{{.Gateway}}{{end}}"
    return local.compose.inspect(local.containers[LOCALSTACK], network)


@contextmanager
def logs_in_files(local: ComposeEnvironment) -> Iterator[None]:
    """Meanwhile each container's log goes to where the embedded environment has it."""
    followers = []
    for service, container in local.containers.items():
        with (local.project.logs / f"{service}.log").open("wb") as log:
            command = ["docker", "logs", "--follow", container.id]
            followers.append(subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT))
    try:
        yield
    finally:
        for follower in followers:
            follower.terminate()
            follower.wait()


def left_behind(name: str) -> list[str]:
    """Containers, networks and volumes of a Compose project."""
    label = f"label=com.docker.compose.project={name}"
    found: list[str] = []
    for listing in (["ps", "--all"], ["network", "ls"], ["volume", "ls"]):
        command = ["docker", *listing, "--quiet", "--filter", label]
        found += subprocess.check_output(command, text=True).split()
    return found


def compose_settings() -> dict[str, str]:
    """A free port for LocalStack; Postgres chooses one by itself."""
    return {"MAILROOM_PORT": str(free_port()), "MAILROOM_POSTGRES_PORT": "0"}
