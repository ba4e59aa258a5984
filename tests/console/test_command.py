"""The commands that start the console, name its address, and stop it."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from mailroom.console.background import ConsoleProcess
from mailroom.environments.ports import free_port, is_free
from mailroom.local_http import get_json
from mailroom.project import Project
from tests.support.command import Command


@pytest.fixture
def command(tmp_path: Path) -> Iterator[Command]:
    """The command on a state of the test's own, in which nothing is up."""
    command = Command(Project.find().root, tmp_path, free_port())
    try:
        yield command
    finally:
        command.run("down", "--yes")
        command.run("reset", "--yes")


def test_the_console_is_started_at_a_port_named_again_moved_and_stopped(command: Command) -> None:
    port, other = free_port(), free_port()

    started = command.run("console", "--port", str(port)).stdout.strip()
    assert started == f"http://127.0.0.1:{port}"
    assert get_json(f"{started}/health")
    assert command.run("console").stdout.strip() == started
    moved = command.run("console", "--port", str(other)).stdout.strip()
    assert moved == f"http://127.0.0.1:{other}"
    assert is_free(port)

    assert "console stopped" in command.run("console", "--stop").stderr
    assert is_free(other)
    assert "no console was up" in command.run("console", "--stop").stderr


def test_a_port_that_another_process_uses_is_refused(command: Command, console: str) -> None:
    taken = console.rpartition(":")[2]

    said = command.run("console", "--port", taken, code=2).stderr

    assert taken in said
    assert "mailroom console --port PORT" in said


def test_write_is_for_an_account_alone(command: Command) -> None:
    assert "--env NAME" in command.run("console", "--write", code=2).stderr


def test_up_starts_it_the_demo_names_its_batch_and_down_stops_it(
    page: Page, command: Command
) -> None:
    up = command.run("up", "--console", seconds=600).stderr
    demo = command.run("demo", seconds=600).stderr

    url = ConsoleProcess(Project.find(state=command.state)).url
    assert url
    assert f"console: {url}" in up
    assert f"console: {url}" in command.run("up", seconds=300).stderr
    last = demo.strip().splitlines()[-1]
    address = re.fullmatch(rf"See it in the browser, console: ({url}/batches/\S+)", last)
    assert address, last
    page.goto(address[1])
    expect(page.locator("#state .tag")).to_have_text("succeeded")
    expect(page.locator("#outcomes .figure").first).to_contain_text("in Postgres")
    page.get_by_role("link", name="Mailroom").click()
    expect(page.locator("#node-Postgres")).to_contain_text("rows")

    down = command.run("down").stderr
    assert "console" in down
    assert is_free(int(url.rpartition(":")[2]))
    assert "console: start it with mailroom console" not in down
