import json
from datetime import UTC, datetime

import pytest
from rich.console import Console

from mailroom.cli import output
from mailroom.cli.output import errors, show_json, show_table


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Standard output is a terminal."""
    monkeypatch.setattr(output, "console", Console(force_terminal=True, width=80, no_color=True))


def test_a_pipe_gets_tab_separated_values(capsys: pytest.CaptureFixture[str]) -> None:
    show_table(["name", "age"], [["ada", 36], ["a\tb\nc", None]])

    assert capsys.readouterr().out == "name\tage\nada\t36\na b c\t\n"


@pytest.mark.usefixtures("terminal")
def test_a_terminal_gets_a_table_that_shows_values_as_they_are(
    capsys: pytest.CaptureFixture[str],
) -> None:
    show_table(["name", "age"], [["[bold]ada[/]", 36], ["bob", None]])

    printed = capsys.readouterr().out
    assert "[bold]ada[/]" in printed
    assert "36" in printed
    assert "\t" not in printed


@pytest.mark.usefixtures("terminal")
def test_a_terminal_that_is_too_narrow_cuts_nothing_off(capsys: pytest.CaptureFixture[str]) -> None:
    values = [letter * 40 for letter in "abcdef"]

    show_table(["id"] * len(values), [values])

    printed = capsys.readouterr().out
    assert "…" not in printed
    assert [printed.count(letter) for letter in "abcf"] == [40] * 4


@pytest.mark.usefixtures("terminal")
def test_an_empty_table_has_its_headings(capsys: pytest.CaptureFixture[str]) -> None:
    show_table(["name", "age"], [])

    assert "name" in capsys.readouterr().out


def test_json_is_one_document_with_times_in_iso_8601(capsys: pytest.CaptureFixture[str]) -> None:
    show_json({"at": datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC), "name": "é"})

    printed = capsys.readouterr().out
    assert json.loads(printed) == {"at": "2026-01-02T03:04:05+00:00", "name": "é"}
    assert "é" in printed


def test_an_arn_in_an_error_is_printed_as_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    arn = "arn:aws:secretsmanager:us-east-1:000000000000:secret:mine"

    errors.print(arn, markup=False)

    assert capsys.readouterr().err == f"{arn}\n"
