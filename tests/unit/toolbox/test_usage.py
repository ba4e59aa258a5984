"""What a person sees after a slip in a command line: Mailroom's words, and how to go on."""

from collections.abc import Sequence

import pytest
from typer.testing import CliRunner

from mailroom.cli.app import app
from mailroom.cli.commands import GROUPS, PLACES

FOREIGN = ("Value error", "Input should", "Invalid value", "Usage error", "Got unexpected", "%Y")


def run(*words: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(app, words, prog_name="mailroom", env={"COLUMNS": "80"})
    return result.exit_code, result.stdout, result.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["mesages"], ["there is no command mesages", "did you mean messages?"]),
        (["types", "ad"], ["there is no command ad", "did you mean add?"]),
        (["messages", "--limt", "3"], ["there is no option --limt", "did you mean --limit?"]),
        (["messages", "-n", "x"], ["--limit is 'x'", "a whole number from 1 is required"]),
        (["messages", "-n"], ["-n takes a value"]),
        (["messages", "--json=3"], ["--json takes no value"]),
        (["debug", "--port", "70000"], ["'70000'", "a whole number from 1 to 65535 is required"]),
        (["up", "--iam", "of"], ["'of'", "did you mean off?", "enforce, observe, off"]),
        (["env", "--format", "fsh"], ["--format is 'fsh'", "did you mean fish or sh?"]),
        (["messages", "--since", "yest"], ["'yest' is not a time", "5m, 2 h"]),
        (["send"], ["FILE… is missing"]),
        (["status", "now"], ["too many words: now"]),
        (["types", "add", "x", "--field", "a:txt"], ["'txt' is no type", "did you mean text?"]),
    ],
    ids=" ".join,
)
def test_a_slip_is_named_and_what_was_meant_is_offered(
    words: Sequence[str], said: Sequence[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    code, _, stderr = run_main(words, monkeypatch)

    assert code == 2
    assert [text for text in said if text not in stderr] == []
    assert [text for text in FOREIGN if text in stderr] == []
    assert "Traceback" not in stderr


def run_main(words: Sequence[str], monkeypatch: pytest.MonkeyPatch) -> tuple[int, str, str]:
    """The whole command in a process of its own, as a person runs it."""
    import subprocess

    from tests.support.command import MAILROOM

    monkeypatch.delenv("MAILROOM_CALLED_BY", raising=False)
    done = subprocess.run([MAILROOM, *words], capture_output=True, text=True)
    return done.returncode, done.stdout, done.stderr


def test_an_unknown_word_far_from_every_command_gets_no_suggestion() -> None:
    code, _, stderr = run("xyzzy")

    assert code == 2
    assert "did you mean" not in stderr
    assert "--help" in stderr


def test_the_bare_command_is_help_and_succeeds() -> None:
    code, stdout, stderr = run()

    assert code == 0
    assert stderr == ""
    assert "Every day" in stdout
    assert "For AWS" in stdout


def test_a_bare_group_of_commands_is_help_and_succeeds() -> None:
    code, stdout, _ = run("database")

    assert code == 0
    assert "reset" in stdout


def test_help_lists_the_commands_of_every_day_apart_from_those_for_aws() -> None:
    _, stdout, _ = run("--help")

    daily, aws = stdout.partition(GROUPS["aws"])[::2]
    for name, place in PLACES.items():
        for_aws = place.startswith("aws.") and name != "lock"
        assert f"│ {name} " in (aws if for_aws else daily)


def test_version_is_printed() -> None:
    code, stdout, _ = run("--version")

    assert code == 0
    assert stdout.startswith("mailroom ")
