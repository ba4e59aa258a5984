"""Each command that a page shows with its output prints that, in a terminal.

In an environment of its own, in which there is nothing but what the pages send.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from mailroom.environments.ports import free_port
from mailroom.project import Project
from tests.support.command import Command
from tests.support.transcripts import Session, transcript

ROOT = Project.find().root
PAGES = {
    str(page.relative_to(ROOT)): steps
    for page in sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])
    if (steps := transcript(page))
}
# What a user does every day, and what looks into it.
SHOWN = (
    *("env", "run", "aws", "profile write", "profile remove", "resources", "database url"),
    *("send", "messages", "queues", "dead-letters", "dead-letters show", "unrouted", "replay"),
    *("dead-letters redrive", "executions list", "executions show", "executions start"),
    *("executions watch", "executions compare", "invoke", "logs", "trace", "types", "types show"),
)


@pytest.fixture(scope="module")
def mailroom(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Command]:
    """The command, on an environment that is new."""
    command = Command(ROOT, tmp_path_factory.mktemp("state"), free_port())
    command.run("up", seconds=600)
    yield command
    command.run("reset", "--yes")


@pytest.mark.parametrize("page", PAGES)
def test_the_page_shows_what_its_commands_print(
    mailroom: Command, page: str, tmp_path: Path
) -> None:
    variables = {**mailroom.variables, "AWS_CONFIG_FILE": str(tmp_path / "config")}
    terminal = Session(tmp_path, variables)

    terminal.check(PAGES[page])


def test_every_command_of_every_day_is_shown_with_its_output() -> None:
    typed = [step.command for steps in PAGES.values() for step in steps]

    missing = [
        words
        for words in SHOWN
        if not any(re.search(rf"\bmailroom {words}( |$)", command) for command in typed)
    ]

    assert missing == []
