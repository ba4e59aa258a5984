"""What `docker compose up --wait` promises when it returns."""

import json

import psutil
import pytest

from mailroom.database.owner import owner_secret
from mailroom.environments.compose.environment import LOCALSTACK, POSTGRES
from mailroom.errors import MailroomError
from tests.compose.conftest import Stack
from tests.support.events import mixed
from tests.support.flow import Flow


def test_healthy_means_deployed(stack: Stack, flow: Flow) -> None:
    events = mixed(4)

    flow.send(events)

    assert stack.inspect(LOCALSTACK, "{{.State.Health.Status}}") == "healthy"
    assert "deployed" in stack.inspect(LOCALSTACK, "{{json .State.Health.Log}}")
    assert flow.ingested(events) == events


def test_nothing_listens_beyond_this_machine(stack: Stack) -> None:
    published = {
        binding["HostIp"]
        for service in (LOCALSTACK, POSTGRES)
        for bindings in json.loads(
            stack.inspect(service, "{{json .NetworkSettings.Ports}}")
        ).values()
        for binding in bindings or []
    }
    ports = {port for one in stack.local.containers.values() for port in one.ports.values()}
    listening = {
        connection.laddr.ip if connection.laddr else ""
        for connection in psutil.net_connections("tcp")
        if connection.status == psutil.CONN_LISTEN
        and connection.laddr
        and connection.laddr.port in ports
    }

    assert published == {"127.0.0.1"}
    assert listening <= {"127.0.0.1"}


def test_localstack_has_neither_root_nor_capabilities_nor_the_docker_socket(stack: Stack) -> None:
    status = dict(
        line.split(":\t", 1) for line in stack.run(LOCALSTACK, "cat", "/proc/1/status").splitlines()
    )
    mounts = stack.inspect(LOCALSTACK, "{{json .Mounts}}")

    assert "0" not in status["Uid"].split()
    assert int(status["CapEff"], 16) == int(status["CapBnd"], 16) == 0
    assert status["NoNewPrivs"] == "1"
    assert "docker.sock" not in mounts


def test_postgres_does_not_run_as_root(stack: Stack) -> None:
    status = stack.run(POSTGRES, "cat", "/proc/1/status")

    assert "0" not in next(line for line in status.splitlines() if "Uid" in line).split()[1:]


@pytest.mark.parametrize("service", [LOCALSTACK, POSTGRES])
def test_a_container_is_bounded_and_its_image_cannot_be_written_to(
    stack: Stack, service: str
) -> None:
    settings = json.loads(stack.inspect(service, "{{json .HostConfig}}"))

    assert settings["ReadonlyRootfs"]
    assert settings["Memory"] > 0
    assert settings["PidsLimit"] > 0
    assert settings["RestartPolicy"]["Name"] == "unless-stopped"
    assert settings["LogConfig"]["Config"]["max-size"] == "10m"
    with pytest.raises(MailroomError, match="failed"):
        stack.run(service, "touch", "/usr/lib/written")


def test_our_image_says_what_it_is(stack: Stack) -> None:
    labels = json.loads(stack.inspect(LOCALSTACK, "{{json .Config.Labels}}"))

    assert labels["org.opencontainers.image.title"] == "Mailroom"
    assert labels["org.opencontainers.image.licenses"] == "Apache-2.0"
    assert labels["org.opencontainers.image.base.name"].startswith("localstack/localstack")


def test_the_owner_of_the_database_is_no_superuser(flow: Flow) -> None:
    row = flow.database.execute(
        "SELECT current_user, rolsuper, rolcreaterole FROM pg_roles WHERE rolname = current_user"
    ).fetchone()

    assert row == ("mailroom", False, True)


def test_passwords_are_in_no_configuration_and_no_log(stack: Stack, flow: Flow) -> None:
    secret = owner_secret(flow.environment.session)
    ingestion = flow.environment.session.client("secretsmanager").get_secret_value(
        SecretId=flow.environment.outputs["IngestionSecretArn"]
    )

    texts = [
        stack.inspect(service, "{{json .}}") + stack.local.compose.log(container, lines=10_000)
        for service, container in stack.local.containers.items()
    ]

    assert secret
    assert len(texts) == 3
    for password in (
        secret.credentials["password"],
        json.loads(ingestion["SecretString"])["password"],
    ):
        assert not any(password in text for text in texts)


def test_the_commands_work_against_the_containers_and_say_so(stack: Stack) -> None:
    events = mixed(2)

    sent = stack.mailroom.send(events)
    status = stack.mailroom.run("status")
    messages = stack.mailroom.run("messages")
    log = stack.mailroom.run("logs", "localstack")

    assert [sent[kind]["ingested"] for kind in sent["published"]] == [1, 1]
    assert "compose" in status.stdout
    assert "compose environment" in messages.stderr
    assert all(event["id"] in messages.stdout for event in events)
    assert "Ready." in log.stdout + log.stderr
