"""What Docker says, word for word, and what the user is told."""

from pathlib import Path

import pytest

from mailroom.environments.compose.command import Compose
from mailroom.environments.compose.docker_errors import (
    EngineMissing,
    ImageMissing,
    diagnose,
    diagnose_log,
)
from mailroom.errors import MailroomError, PortTaken, Refused, StartFailed
from mailroom.project import Project

NO_PERMISSION = (
    "permission denied while trying to connect to the Docker daemon socket at "
    'unix:///var/run/docker.sock: Get "http://%2Fvar%2Frun%2Fdocker.sock/v1.50/version": '
    "dial unix /var/run/docker.sock: connect: permission denied"
)
NO_PERMISSION_29 = (
    "permission denied while trying to connect to the docker API at unix:///var/run/docker.sock"
)
NO_ENGINE = "Cannot connect to the Docker daemon at unix:///x.sock. Is the docker daemon running?"
NO_ENGINE_29 = (
    "failed to connect to the docker API at unix:///x.sock; check if the path is correct and if "
    "the daemon is running: dial unix /x.sock: connect: no such file or directory"
)
NO_COMPOSE = "docker: unknown command: docker compose\n\nRun 'docker --help' for more information"
NO_COMPOSE_20 = "docker: 'compose' is not a docker command.\nSee 'docker --help'"
NO_COMPOSE_WITH_OPTION = "unknown flag: --project-name\n\nUsage:  docker [OPTIONS] COMMAND [ARG...]"
OLD_COMPOSE = "unknown flag: --wait-timeout"
PORT_TAKEN = (
    " Container main-localstack-1  Starting\n"
    "Error response from daemon: driver failed programming external connectivity on endpoint "
    "main-localstack-1 (8948701): Error starting userland proxy: listen tcp4 127.0.0.1:4566: bind: "
    "address already in use"
)
PORT_OF_CONTAINER = (
    "docker: Error response from daemon: driver failed programming external connectivity on "
    "endpoint holder (7449632): Bind for 127.0.0.1:4566 failed: port is already allocated"
)
NO_IMAGE = (
    ' a Error Get "https://registry-1.docker.io/v2/": dial tcp: lookup registry-1.docker.io on '
    "10.0.0.1:53: no such host"
)
NO_BASE_IMAGE = (
    "failed to solve: rpc error: code = Unknown desc = failed to solve with frontend "
    "dockerfile.v0: failed to create LLB definition: failed to do request: Head "
    '"https://registry-1.docker.io/v2/localstack/localstack/manifests/4.99.0": dial tcp: lookup '
    "registry-1.docker.io on 10.0.0.1:53: no such host"
)
NO_FILE = "no configuration file provided: not found"
NO_FILE_BY_NAME = "open /home/ada/other/docker-compose.yml: no such file or directory"
NO_TAG = (
    "Error response from daemon: manifest for postgres:18.99 not found: manifest unknown: "
    "manifest unknown"
)
DISK_FULL = "failed to copy files: copy file range failed: no space left on device"
NO_PACKAGE = (
    "ERROR: Could not find a version that satisfies the requirement boto3==1.44.5 (from versions: "
    "none)\nERROR: No matching distribution found for boto3==1.44.5"
)


@pytest.mark.parametrize(
    ("said", "kind", "way_out"),
    [
        (NO_PERMISSION, EngineMissing, "usermod"),
        (NO_PERMISSION_29, EngineMissing, "usermod"),
        (NO_ENGINE, EngineMissing, "scripts/docker-engine.sh"),
        (NO_ENGINE_29, EngineMissing, "scripts/docker-engine.sh"),
        (NO_COMPOSE, EngineMissing, "Compose plugin"),
        (NO_COMPOSE_20, EngineMissing, "Compose plugin"),
        (NO_COMPOSE_WITH_OPTION, EngineMissing, "Compose plugin"),
        (OLD_COMPOSE, EngineMissing, "2.20"),
        (PORT_TAKEN, PortTaken, "--port"),
        (PORT_OF_CONTAINER, PortTaken, "--port"),
        (NO_IMAGE, ImageMissing, "scripts/offline-images.sh"),
        (NO_BASE_IMAGE, ImageMissing, "scripts/offline-images.sh"),
        (NO_FILE, Refused, "in a checkout of Mailroom"),
        (NO_FILE_BY_NAME, Refused, "in a checkout of Mailroom"),
        (NO_TAG, ImageMissing, "LOCALSTACK_IMAGE"),
        (DISK_FULL, StartFailed, "docker system prune"),
        (NO_PACKAGE, ImageMissing, "package index"),
    ],
)
def test_each_complaint_becomes_one_message_with_the_way_out(
    said: str, kind: type[MailroomError], way_out: str
) -> None:
    error = diagnose(said, "docker compose up")

    assert type(error) is kind
    assert way_out in error.hint
    assert "\n" not in str(error)


@pytest.mark.parametrize("said", [PORT_TAKEN, PORT_OF_CONTAINER])
def test_a_taken_port_is_named(said: str) -> None:
    assert "4566" in str(diagnose(said, ""))


@pytest.mark.parametrize("said", [NO_ENGINE, NO_ENGINE_29])
def test_where_no_engine_answers_is_named(said: str) -> None:
    assert str(diagnose(said, "")).endswith("unix:///x.sock")


def test_a_complaint_that_is_not_known_is_shown_as_it_is() -> None:
    error = diagnose("first\n\nsecond", "docker compose up")

    assert str(error) == "docker compose up failed"
    assert error.hint == "first\nsecond"


def test_an_image_that_demands_a_token_is_recognised_by_its_log() -> None:
    log = (
        "License activation failed! 🔑❌\n"
        "Reason: No credentials were found in the environment. Please make sure to either set "
        "the LOCALSTACK_AUTH_TOKEN variable to a valid auth token."
    )

    error = diagnose_log(log)

    assert isinstance(error, Refused)
    assert "4.14.0" in error.hint
    assert diagnose_log("Ready.") is None


def test_a_machine_without_docker_is_told_how_to_get_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(EngineMissing, match="no docker command") as caught:
        Compose(Project.find()).containers()

    assert "mailroom up" in caught.value.hint
