"""docker-compose.yml and what goes with it, held against each other."""

import re
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from mailroom.database.owner import RESERVED_CONNECTIONS
from mailroom.deployment.parameters import format_parameters, parse_parameters
from mailroom.environments.embedded.localstack import SETTINGS
from mailroom.errors import Refused
from mailroom.project import Project

ROOT = Project.find().root
FILES = ("docker-compose.yml", "docker-compose.docker-lambda.yml")
# In a container LocalStack finds itself right in being in one.
ONLY_EMBEDDED = {"OVERRIDE_IN_DOCKER"}
# Set by the shell, and not by a person.
THE_SHELLS = "PWD"


def services(file: str) -> dict[str, Any]:
    found: dict[str, Any] = YAML(typ="safe").load(ROOT / file)["services"]
    return found


def used_variables() -> set[str]:
    texts = [(ROOT / file).read_text() for file in FILES]
    interpolated = {name for text in texts for name in re.findall(r"\$\{([A-Z_]+)", text)}
    handed_through = {
        name
        for file in FILES
        for service in services(file).values()
        for name, value in service.get("environment", {}).items()
        if value is None
    }
    return interpolated | handed_through


def explained_variables() -> dict[str, str]:
    """Variables of .env.example, each with the comment above it."""
    blocks = (ROOT / ".env.example").read_text().split("\n\n")[1:]
    explained = {}
    for block in blocks:
        *comment, assignment = block.strip().splitlines()
        explained[assignment.lstrip("#").partition("=")[0]] = " ".join(comment)
    return explained


def test_every_variable_is_explained_and_no_other() -> None:
    explained = explained_variables()

    assert used_variables() - {THE_SHELLS} <= set(explained)
    assert set(explained) - used_variables() == {"COMPOSE_FILE"}
    assert all(len(comment) > 20 for comment in explained.values())


def test_postgres_keeps_as_many_connections_for_the_owner_as_the_embedded_one() -> None:
    command = services(FILES[0])["postgres"]["command"]

    assert f"reserved_connections={RESERVED_CONNECTIONS}" in command


def test_every_port_is_published_on_this_machine_only() -> None:
    ports = [str(port) for one in services(FILES[0]).values() for port in one.get("ports", [])]

    assert len(ports) == 2
    assert all(port.startswith("127.0.0.1:") for port in ports)


def test_only_the_file_that_has_to_be_asked_for_mounts_the_docker_socket() -> None:
    assert "docker.sock" not in (ROOT / FILES[0]).read_text()
    assert "docker.sock" in (ROOT / FILES[1]).read_text()


def test_no_container_may_more_than_it_needs() -> None:
    for name, service in services(FILES[0]).items():
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges=true"], name
        assert service["read_only"], name
        assert {"mem_limit", "pids_limit", "restart"} <= set(service), name
        assert {"max-size", "max-file"} <= set(service["logging"]["options"]), name
    assert [name for name, one in services(FILES[0]).items() if "cap_add" in one] == ["postgres"]


def test_where_functions_run_the_superusers_socket_is_not() -> None:
    mounting = {
        name: [one.partition(":")[0] for one in service["volumes"]]
        for name, service in services(FILES[0]).items()
    }

    assert {name for name, volumes in mounting.items() if "sockets" in volumes} == {
        *("logins", "postgres")
    }


def test_localstack_has_the_same_settings_in_its_image_as_embedded() -> None:
    dockerfile = (ROOT / "emulator" / "Dockerfile").read_text()
    in_image = dict(re.findall(r"^(?:ENV| {3}) ([A-Z0-9_]+)=(\S+)", dockerfile, re.MULTILINE))

    embedded = {name: value for name, value in SETTINGS.items() if name not in ONLY_EMBEDDED}

    assert {name: in_image.get(name) for name in embedded} == embedded


@pytest.mark.parametrize("path", ["emulator/plugin", "rules", "functions/requirements.txt"])
def test_what_the_image_is_built_from_passes_the_ignore_file(path: str) -> None:
    lines = (ROOT / ".dockerignore").read_text().splitlines()

    assert lines[1] == "*"
    assert any(path.startswith(line.removeprefix("!")) for line in lines if line.startswith("!"))


def test_parameters_survive_the_way_through_a_variable() -> None:
    parameters = {"Consumption": "events", "SubnetIds": "a,b", "Stage": ""}

    assert parse_parameters(format_parameters(parameters).split()) == parameters


def test_parameters_that_would_not_survive_are_refused() -> None:
    with pytest.raises(Refused, match="Stage"):
        format_parameters({"Stage": "my stage"})
    with pytest.raises(Refused, match="Consumption"):
        parse_parameters(["Consumption"])


def test_no_file_of_containers_names_a_registry_of_packages() -> None:
    files = [*(ROOT / "emulator").rglob("*.txt"), *(ROOT / "emulator").rglob("*.in")]

    assert files
    assert all("://" not in Path(file).read_text() for file in files)
