import pytest
import typer.main
from typer.testing import CliRunner

from mailroom.cli.app import app

COMMANDS = sorted(typer.main.get_command(app).commands)  # type: ignore[attr-defined]


@pytest.fixture
def runner(monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    """A terminal that is wide enough for every line."""
    monkeypatch.setenv("COLUMNS", "200")
    return CliRunner()


def test_without_arguments_it_lists_every_command(runner: CliRunner) -> None:
    output = runner.invoke(app, []).output

    assert [command for command in COMMANDS if f" {command} " not in output] == []


@pytest.mark.parametrize("option", ["-h", "--help"])
@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(runner: CliRunner, command: str, option: str) -> None:
    result = runner.invoke(app, [command, option])

    assert result.exit_code == 0
    assert f"mailroom {command}" in result.output or f"root {command}" in result.output


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_every_option_and_every_argument_is_explained(command: str) -> None:
    described = typer.main.get_command(app).commands[command]  # type: ignore[attr-defined]

    assert described.help
    unexplained = [p.name for p in described.params if not getattr(p, "help", None)]
    assert unexplained == []


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_it_completes_commands_in_every_shell(runner: CliRunner, shell: str) -> None:
    words = {"COMP_WORDS": "mailroom ", "COMP_CWORD": "1", "_TYPER_COMPLETE_ARGS": "mailroom "}
    fish = {"_TYPER_COMPLETE_FISH_ACTION": "get-args"}

    result = runner.invoke(
        app,
        [],
        prog_name="mailroom",
        env={**words, **fish, "_MAILROOM_COMPLETE": f"complete_{shell}"},
    )

    assert "status" in result.output


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        ("mailroom dead-letters re", "redrive"),
        ("mailroom up --ia", "--iam"),
        ("mailroom up --iam ob", "observe"),
    ],
)
def test_it_completes_subcommands_options_and_values(
    runner: CliRunner, words: str, offered: str
) -> None:
    typed = {"COMP_WORDS": words, "COMP_CWORD": str(len(words.split()) - 1)}

    result = runner.invoke(
        app, [], prog_name="mailroom", env={**typed, "_MAILROOM_COMPLETE": "complete_bash"}
    )

    assert result.output.split() == [offered]
