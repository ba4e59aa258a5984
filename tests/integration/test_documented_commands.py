"""Each command that a page shows with its output prints that, in a terminal.

In a checkout and an environment of its own, in which there is nothing but what the pages send.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from mailroom.environments.ports import free_port
from mailroom.project import Project
from tests.support.checkout import copy_checkout
from tests.support.command import Command
from tests.support.transcripts import Session, transcript

ROOT = Project.find().root
COMMANDS = ROOT / "docs" / "commands.md"
PAGES = {
    str(page.relative_to(ROOT)): steps
    for page in sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])
    if (steps := transcript(page))
}
# Commands that no page shows with an output that is the same everywhere.
_ACCOUNT = "asks an account of AWS: docs/aws.md, and `mailroom rehearse` runs it"
EXCEPTIONS = {
    **dict.fromkeys(("setup", "deploy", "verify", "promote", "promotions"), _ACCOUNT),
    **dict.fromkeys(("rollback", "delete", "publish"), _ACCOUNT),
    **dict.fromkeys(("dead-letters pull", "unrouted pull"), _ACCOUNT),
    "rehearse": "takes minutes, and an engine that not every machine has",
    "debug": "waits for a debugger: docs/debugging.md shows its states",
    "lock": "asks a package registry",
    "cache": "has no output of its own",
    "cache prune": "says which folders of the user's cache no checkout uses",
}


@pytest.fixture(scope="module")
def mailroom(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Command]:
    """The command, in a checkout of its own, on an environment that is new."""
    copy = copy_checkout(Project.find(), tmp_path_factory.mktemp("checkout"), {})
    command = Command(copy.root, copy.state, free_port())
    command.run("up", seconds=600)
    yield command
    command.run("reset", "--yes")


@pytest.mark.parametrize("page", PAGES)
def test_the_page_shows_what_its_commands_print(
    mailroom: Command, page: str, tmp_path: Path
) -> None:
    variables = {
        **mailroom.variables,
        "AWS_CONFIG_FILE": str(tmp_path / "config"),
        "MAILROOM_CONSOLE_PORT": str(free_port()),
    }
    terminal = Session(mailroom.checkout, variables)

    terminal.check(PAGES[page])


def test_every_command_is_shown_with_its_output() -> None:
    typed = "\n".join(step.command for steps in PAGES.values() for step in steps)
    commands = re.findall(r"^## `mailroom ([a-z][a-z -]*[a-z])", COMMANDS.read_text(), re.M)

    missing = {words for words in commands if not re.search(rf"\bmailroom {words}(?!\S)", typed)}

    assert missing == set(EXCEPTIONS)
    assert len(commands) > 70
