"""Coming up, failing, and leaving nothing behind."""

import signal
import socket
import subprocess
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from mailroom.environments.compose.environment import LOCALSTACK
from mailroom.environments.embedded.processes import ProcessRecord
from mailroom.environments.embedded.state import State, StateFile
from tests.compose.conftest import Stack
from tests.support.containers import left_behind
from tests.support.events import mixed
from tests.support.flow import until


def test_a_failed_hook_is_unhealthy_and_names_the_cause_until_it_is_fixed(another: Stack) -> None:
    definition = another.project.root / "infra" / "asl.json"
    good = definition.read_text()
    compose = another.local.compose

    definition.write_text("{")
    plain = subprocess.run([*compose.command, "up", "--wait"], cwd=another.project.root)
    log = compose.log(another.local.containers[LOCALSTACK], lines=40)
    driven = another.mailroom.run("up", "--compose", code=2)
    definition.write_text(good)
    another.mailroom.run("up", "--compose")

    assert plain.returncode != 0
    assert "asl.json:1: not JSON" in log
    assert "asl.json:1: not JSON" in driven.stderr
    assert another.local.connect().outputs


def test_an_edited_migration_is_an_error_until_the_database_is_reset(another: Stack) -> None:
    migration = another.project.root / "infra" / "migrations" / "0002.settlements.sql"
    another.mailroom.run("up", "--compose")
    another.mailroom.send(mixed(2))

    migration.write_text(f"{migration.read_text()}\n-- edited\n")
    failed = another.mailroom.run("up", "--compose", code=1).stderr
    another.mailroom.run("database", "reset", "--yes")
    another.mailroom.run("up", "--compose")

    assert "migration 0002.settlements was edited after it was applied" in failed
    assert "mailroom database reset" in failed
    assert another.rows() == set()


def database_urls(stack: Stack) -> list[str]:
    """The URLs that the command prints, passwords and port included."""
    command = ("database", "url", "--role")
    return [stack.mailroom.run(*command, role).stdout for role in ("owner", "reader")]


def test_two_checkouts_are_up_side_by_side_and_one_outlives_its_containers(
    stack: Stack, another: Stack
) -> None:
    here, there, letter = mixed(2), mixed(4), "a dead letter"
    name = another.local.compose.project_name

    another.mailroom.run("up", "--compose")
    stack.mailroom.send(here)
    another.mailroom.send(there)
    rows, urls = another.rows(), database_urls(another)
    environment = another.local.connect()
    queue = environment.topology.queue("AlertDeadLetterQueue")
    environment.session.client("sqs").send_message(QueueUrl=queue.url, MessageBody=letter)
    [execution] = another.mailroom.json("executions", "list")
    down = another.mailroom.run("down").stderr
    kept = left_behind(name)
    up = another.mailroom.run("up", "--compose").stderr

    # A saved connection goes on working.
    assert database_urls(another) == urls
    assert rows == another.rows() == {event["id"] for event in there}
    assert {event["id"] for event in here} <= stack.rows()
    assert len(kept) == 4, "the volumes, and no container or network"
    # What LocalStack acknowledged is in one of them.
    assert "kept until the next mailroom up: 1 message in queues" in down
    assert "1 message in queues: look at them" in up
    assert [one["body"] for one in another.mailroom.json("dead-letters")] == [letter]
    assert another.mailroom.json("executions", "list") == [execution]
    another.mailroom.run("reset", "--yes")
    assert left_behind(name) == []


def test_an_interrupted_start_leaves_no_container_behind(another: Stack, tmp_path: Path) -> None:
    output = tmp_path / "output"

    process = another.mailroom.start("up", "--compose", output=output)
    until(lambda: another.local.running, "a container that runs")
    process.send_signal(signal.SIGTERM)
    code = process.wait(60)

    assert code == 130, output.read_text()
    assert another.local.containers == {}


def test_a_taken_port_is_named_and_nothing_is_started(another: Stack) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])

        run = another.mailroom.run("up", "--compose", "--port", port, code=2)

    assert port in run.stderr
    assert another.local.containers == {}


@pytest.mark.parametrize("variable", ["MAILROOM_PORT", "MAILROOM_POSTGRES_PORT"])
def test_a_port_that_docker_finds_taken_is_named_too(another: Stack, variable: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        env = another.project.root / ".env"
        env.write_text(f"{env.read_text()}{variable}={port}\n")

        run = another.mailroom.run("up", "--compose", code=2)

    assert port in run.stderr
    assert another.local.containers == {}


def test_with_both_environments_up_a_command_asks_which_is_meant(
    stack: Stack, tmp_path: Path
) -> None:
    with psutil.Popen(["sleep", "60"], cwd=tmp_path) as embedded:
        record = ProcessRecord(embedded.pid, str(tmp_path))
        StateFile(stack.project.state).save(State(1, 2, localstack=record))
        try:
            unsure = replace(stack.mailroom, environment="").run("messages", code=2)
            sure = stack.mailroom.run("messages")
        finally:
            embedded.kill()

    assert "MAILROOM_ENVIRONMENT" in unsure.stderr
    assert "compose environment" in sure.stderr
