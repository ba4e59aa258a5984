"""Hints name the command as it was called, so that they can be pasted."""

import re
import sys
from pathlib import Path

import pytest

from mailroom.cli import program
from mailroom.cli.program import VERBS, VERBS_OF_ENVIRONMENTS, as_called
from tests.support.command import MAILROOM

ROOT = Path(__file__).parents[3]


@pytest.fixture(autouse=True)
def called_by_its_path(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """`.venv/bin/mailroom`, in the checkout, of a shell that does not find `mailroom`."""
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("MAILROOM_CALLED_BY", raising=False)
    monkeypatch.setattr(sys, "argv", [str(MAILROOM)])
    program.program.cache_clear()


def test_a_command_is_named_by_its_path_when_the_shell_does_not_find_it() -> None:
    path = MAILROOM.relative_to(ROOT)

    assert as_called("start one with: mailroom up") == f"start one with: {path} up"
    assert as_called("more: mailroom --help") == f"more: {path} --help"


def test_a_command_is_named_by_its_whole_path_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir("/")
    program.program.cache_clear()

    assert as_called("mailroom up") in (f"{MAILROOM} up", f"{MAILROOM.relative_to('/')} up")


def test_a_command_is_named_by_its_name_when_the_shell_finds_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PATH", str(MAILROOM.parent))
    program.program.cache_clear()

    assert as_called("mailroom up; mailroom send -") == "mailroom up; mailroom send -"


def test_a_command_of_another_checkout_that_the_shell_finds_is_not_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "mailroom").touch(mode=0o755)
    program.program.cache_clear()

    assert as_called("mailroom up") == f"{MAILROOM.relative_to(ROOT)} up"


def test_words_about_mailroom_stay_as_they_are() -> None:
    for text in (
        "waiting for another mailroom command to end",
        "stack mailroom, embedded",
        "/home/me/mailroom up there",
    ):
        assert as_called(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("see: mailroom status; repair it: mailroom up", "see: make status; repair it: make up"),
        ("mailroom setup --env dev", "make setup ENV=dev"),
        ("mailroom up --restart", "{path} up --restart"),
        ("mailroom logs process", "{path} logs process"),
    ],
)
def test_under_make_the_verbs_that_make_has_are_named(
    monkeypatch: pytest.MonkeyPatch, text: str, shown: str
) -> None:
    monkeypatch.setenv("MAILROOM_CALLED_BY", "make")

    assert as_called(text) == shown.format(path=MAILROOM.relative_to(ROOT))


def test_the_verbs_that_hints_name_are_in_the_makefile() -> None:
    makefile = (ROOT / "Makefile").read_text()
    verbs = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))

    assert verbs >= VERBS | VERBS_OF_ENVIRONMENTS
    for verb in VERBS_OF_ENVIRONMENTS:
        assert f"$(mailroom) {verb} --env $(ENV)" in makefile
