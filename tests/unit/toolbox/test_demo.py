"""What `mailroom demo` says when it has ended."""

import os
import shlex
from pathlib import Path

import pytest

from mailroom.aws.sessions import EmulatorSession
from mailroom.cli.daily.demo import next_steps
from mailroom.cli.program import program as called
from mailroom.environments.environment import Environment
from tests.support.command import MAILROOM


@pytest.fixture
def environment() -> Environment:
    """An environment that is on another port than the usual one."""
    endpoint = "http://127.0.0.1:4600"
    session = EmulatorSession(endpoint, "us-east-1", "000000000000")
    return Environment("embedded", endpoint, session, "mailroom", "", 'psql "host=/x"')


@pytest.mark.parametrize("folder", [".", "/"])
def test_each_command_can_be_pasted_on_a_machine_that_has_none_of_them(
    environment: Environment, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, folder: str
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.chdir(folder)
    called.cache_clear()

    lines = [line for line in next_steps(environment).splitlines() if line.startswith("  ")]

    assert len(lines) == 5
    for line in lines:
        program = next(word for word in shlex.split(line) if "AWS_ENDPOINT_URL" not in word)
        assert os.access(program, os.X_OK), line
    assert any("AWS_ENDPOINT_URL=http://127.0.0.1:4600" in line for line in lines)


def test_commands_that_the_shell_finds_go_by_their_names(
    environment: Environment, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("awslocal", "psql"):
        (tmp_path / name).touch(mode=0o755)
    (tmp_path / "mailroom").symlink_to(MAILROOM)
    monkeypatch.setenv("PATH", str(tmp_path))
    called.cache_clear()

    said = next_steps(environment)

    assert "\n  mailroom messages" in said
    assert " awslocal stepfunctions" in said
    assert '\n  psql "host=/x"' in said
