"""Two checkouts in folders of one name: whose a container is, its label says, and not its name."""

import os
import shutil
import subprocess
import uuid
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from mailroom.environments.compose.environment import ComposeEnvironment
from mailroom.environments.compose.ownership import path_name, state_name
from mailroom.environments.embedded.processes import ProcessRecord
from mailroom.environments.embedded.state import State, StateFile
from mailroom.project import Project
from tests.support.checkout import copy_checkout
from tests.support.command import Command
from tests.support.containers import compose_settings, left_behind

POSTGRES_ALONE = ("up", "--detach", "--no-deps", "postgres")


@pytest.fixture
def name() -> str:
    """The name of both folders, which the Compose project had before it followed from the path."""
    return f"same-{uuid.uuid4().hex[:8]}"


@pytest.fixture
def first(checkout: Project, tmp_path: Path, name: str) -> Iterator[Command]:
    """A checkout, with nothing up."""
    yield from commands_in(checkout, tmp_path / "first", name)


@pytest.fixture
def second(checkout: Project, tmp_path: Path, name: str) -> Iterator[Command]:
    """Another one, in a folder of the same name."""
    yield from commands_in(checkout, tmp_path / "second", name)


def commands_in(checkout: Project, folder: Path, name: str) -> Iterator[Command]:
    """The command in a copy of the checkout, whose containers are gone at the end."""
    project = copy_checkout(checkout, folder, compose_settings(), name)
    try:
        yield Command(project.root, project.state, environment="compose")
    finally:
        ComposeEnvironment(project).reset()
        remove(name)


def remove(project_name: str) -> None:
    """Everything of a Compose project."""
    docker("compose", "--project-name", project_name, "down", "--volumes", "--timeout", "0")


def docker(*arguments: str, folder: Path | None = None) -> str:
    """What a `docker` command prints."""
    # As a shell does it in its folder.
    environment = {**os.environ, **({"PWD": str(folder)} if folder else {})}
    return subprocess.run(
        ["docker", *arguments],
        cwd=folder,
        env=environment,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    ).stdout


def made_in(folder: Path, project_name: str, service: str) -> str:
    """The name of a container that is labelled as Compose does it."""
    labels = {"project": project_name, "service": service, "project.working_dir": str(folder)}
    options = [f"--label=com.docker.compose.{key}={value}" for key, value in labels.items()]
    container = f"{project_name}-{service}-1"
    docker("create", "--name", container, *options, "postgres:18")
    return container


def containers() -> set[str]:
    """The names of all containers of the machine."""
    return set(docker("ps", "--all", "--format", "{{.Names}}").split())


def test_docker_compose_itself_names_the_project_by_the_path(
    first: Command, second: Command, name: str
) -> None:
    docker("compose", *POSTGRES_ALONE, folder=first.checkout)
    docker("compose", *POSTGRES_ALONE, folder=second.checkout)
    docker("compose", "down", "--volumes", folder=second.checkout)

    assert path_name(first.checkout) != path_name(second.checkout)
    assert f"{path_name(first.checkout)}-postgres-1" in containers()
    assert left_behind(path_name(second.checkout)) == []
    assert first.json("status", code=1)["Postgres"]["state"] == "up"
    first.run("reset", "--yes")
    assert left_behind(path_name(first.checkout)) == []


@pytest.mark.parametrize("earlier", [True, False], ids=["earlier name", "name by the path"])
def test_what_belongs_to_another_checkout_is_named_and_left_alone_by_every_command(
    first: Command, second: Command, name: str, earlier: bool
) -> None:
    project_name = name if earlier else path_name(first.checkout)
    docker("compose", "--project-name", project_name, *POSTGRES_ALONE, folder=first.checkout)
    before = left_behind(project_name)

    runs = [
        second.run("status", code=1),
        second.run("messages", code=2),
        second.run("down"),
        second.run("reset", "--yes"),
    ]

    assert left_behind(project_name) == before
    assert all(str(first.checkout) in run.stderr for run in runs)
    assert all(f"{project_name}-postgres-1" in run.stderr for run in runs)
    assert "down\t\t" in runs[0].stdout
    assert "no environment is up" in runs[1].stderr
    assert "nothing was up" in runs[2].stderr
    assert "there is nothing to delete" in runs[3].stderr
    assert first.json("status", code=1)["Postgres"]["state"] == "up"


def test_what_the_checkout_made_under_the_earlier_name_is_found_shown_listed_and_removed(
    first: Command, name: str
) -> None:
    docker("compose", "--project-name", name, *POSTGRES_ALONE, folder=first.checkout)

    shown = first.json("status", code=1)
    asked = first.run("reset", code=2)
    kept = left_behind(name)
    deleted = first.run("reset", "--yes")

    assert shown["Postgres"]["state"] == "up"
    assert len(kept) == 6, "container, network, four volumes"
    for run in (asked, deleted):
        assert f"to be deleted: containers {name}-postgres-1" in run.stderr
        volumes = ", ".join(f"{name}_{of}" for of in ("database", "durable", "logins", "sockets"))
        assert f"to be deleted: volumes {volumes}" in run.stderr
    assert "--yes" in asked.stderr
    assert left_behind(name) == []


def test_containers_under_both_names_are_shown_and_both_go(first: Command, name: str) -> None:
    docker("compose", "--project-name", name, *POSTGRES_ALONE, folder=first.checkout)
    docker("compose", *POSTGRES_ALONE, folder=first.checkout)

    shown = first.run("status", code=1)
    first.run("down")

    assert f"also of this checkout: containers {name}-postgres-1" in shown.stderr
    assert not {one for one in containers() if one.endswith("-postgres-1") and name in one}


def test_of_a_project_that_two_checkouts_share_each_takes_down_its_own_alone(
    first: Command, second: Command, name: str
) -> None:
    theirs = made_in(first.checkout, name, "postgres")
    ours = made_in(second.checkout, name, "localstack")
    volume = docker("volume", "create", f"--label=com.docker.compose.project={name}").strip()

    try:
        refused = second.run("up", "--compose", code=2)
        listed = second.run("reset", code=2)
        there = containers()
        second.run("reset", "--yes")

        assert str(first.checkout) in refused.stderr
        assert "mailroom down" in refused.stderr
        assert volume not in listed.stderr
        assert {theirs, ours} <= there
        assert theirs in containers()
        assert ours not in containers()
        assert volume in docker("volume", "ls", "--quiet")
    finally:
        # Compose itself doesn't take them for its own.
        docker("rm", "--force", "--volumes", *({theirs, ours} & containers()))
        docker("volume", "rm", volume)


def test_volumes_of_which_nothing_says_whose_they_are_are_named_and_left_alone(
    first: Command, second: Command, name: str
) -> None:
    docker("compose", "--project-name", name, *POSTGRES_ALONE, folder=first.checkout)
    first.run("down")

    said = second.run("reset", "--yes").stderr

    assert f"docker volume rm {name}_database" in said
    assert len(left_behind(name)) == 4


def test_containers_of_another_checkout_are_no_second_environment(
    first: Command, second: Command, name: str, tmp_path: Path
) -> None:
    docker("compose", "--project-name", name, *POSTGRES_ALONE, folder=first.checkout)
    project = Project(second.checkout, second.state)

    with psutil.Popen(["sleep", "60"], cwd=tmp_path) as embedded:
        record = ProcessRecord(embedded.pid, str(tmp_path))
        StateFile(project.state).save(State(1, 2, localstack=record))
        try:
            runs = [
                Command(second.checkout, second.state, environment="").run(command, code=2)
                for command in ("messages", "queues")
            ]
        finally:
            embedded.kill()

    assert all("two environments" not in run.stderr for run in runs)
    assert all("part of the embedded environment" in run.stderr for run in runs)


def test_containers_of_another_folder_of_state_are_not_this_ones(
    first: Command, tmp_path: Path
) -> None:
    other = Command(first.checkout, tmp_path / "state", environment="compose")
    project_name = state_name(other.state)
    docker("compose", "--project-name", project_name, *POSTGRES_ALONE, folder=first.checkout)

    try:
        down = first.run("down")
        status = other.json("status", code=1)
    finally:
        other.run("reset", "--yes")

    assert "nothing was up" in down.stderr
    assert status["Postgres"]["state"] == "up"
    assert left_behind(project_name) == []


def test_a_copied_env_file_can_give_two_checkouts_one_name_and_then_up_refuses(
    first: Command, second: Command, name: str
) -> None:
    with (first.checkout / ".env").open("a") as env:
        env.write(f"COMPOSE_PROJECT_NAME={name}-own\n")
    shutil.copy(first.checkout / ".env", second.checkout / ".env")
    docker("compose", *POSTGRES_ALONE, folder=first.checkout)

    try:
        refused = second.run("up", "--compose", code=2)
        second.run("reset", "--yes")
        kept = left_behind(f"{name}-own")
    finally:
        first.run("reset", "--yes")

    assert str(first.checkout) in refused.stderr
    assert "COMPOSE_PROJECT_NAME" in refused.stderr
    assert len(kept) == 6
