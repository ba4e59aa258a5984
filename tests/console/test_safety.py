"""The console answers only itself: no other host, no other origin, no change without its token."""

import http.client
import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import pytest

from mailroom.console.background import ConsoleProcess
from mailroom.environments.ports import free_port
from mailroom.project import Project


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The host and port of a console without an environment."""
    process = ConsoleProcess(Project.find(state=tmp_path_factory.mktemp("state")))
    url = process.start(free_port())
    try:
        process.wait(url)
        yield urlsplit(url).netloc
    finally:
        process.stop()


def request(
    address: str, path: str, method: str = "GET", **headers: str
) -> tuple[int, http.client.HTTPMessage, str]:
    connection = http.client.HTTPConnection(address, timeout=10)
    try:
        connection.request(method, path, headers=headers)
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read().decode()
    finally:
        connection.close()


def test_another_host_is_refused(alone: str) -> None:
    assert request(alone, "/health")[0] == 200
    assert request(alone, "/health", Host="attacker.example")[0] == 421
    assert request(alone, "/static/console.css", Host="127.0.0.1")[0] == 421


@pytest.mark.parametrize("origin", ["https://attacker.example", "null", "http://127.0.0.1:1"])
def test_another_origin_is_refused(alone: str, origin: str) -> None:
    assert request(alone, "/health", Origin=f"http://{alone}")[0] == 200
    assert request(alone, "/health", Origin=origin)[0] == 403


def test_every_answer_forbids_scripts_that_are_not_the_consoles(alone: str) -> None:
    for path in ("/health", "/flow", "/static/console.js", "/nothing"):
        policy = request(alone, path)[1]["Content-Security-Policy"]
        assert "script-src 'self';" in policy
        assert "unsafe" not in policy


def test_without_an_environment_each_page_says_how_to_start_one(alone: str) -> None:
    status, _, text = request(alone, "/flow")

    assert status == 503
    assert "mailroom up" in text
    assert request(alone, "/flow.json")[0] == 503


def test_it_listens_on_this_machine_alone(alone: str) -> None:
    port = int(alone.rpartition(":")[2])
    listening = psutil.net_connections("inet")
    hosts = {host for one in listening if one.laddr for host, at in [one.laddr] if at == port}

    assert hosts == {"127.0.0.1"}


def test_a_console_that_may_write_to_an_account_is_not_the_one_that_up_starts(
    tmp_path: Path,
) -> None:
    process = ConsoleProcess(Project.find(state=tmp_path))
    process.start(free_port(), env="dev", write=True)
    try:
        process.start_here()
        saved = json.loads((tmp_path / "console" / "console.json").read_text())
        options = psutil.Process(saved["pid"]).cmdline()[-3:-1]
    finally:
        process.stop()

    assert options == ["", ""]


def test_the_console_is_a_process_that_is_found_again_and_stopped(tmp_path: Path) -> None:
    project = Project.find(state=tmp_path)
    url = ConsoleProcess(project).start(free_port())
    try:
        assert ConsoleProcess(project).url == url
        assert ConsoleProcess(project).start_here() == url
    finally:
        stopped = ConsoleProcess(project).stop()

    assert stopped
    assert ConsoleProcess(project).url is None
