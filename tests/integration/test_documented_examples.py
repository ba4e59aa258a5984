"""What the pages of examples show is what their commands print, on the example that is up."""

from pathlib import Path

import pytest

from mailroom.environments.ports import free_port
from tests.support.command import Command
from tests.support.transcripts import Session, transcript

EXAMPLES = Path(__file__).parents[2] / "examples"
PAGES = {page.parent.name: steps for page in EXAMPLES.glob("*/*.md") if (steps := transcript(page))}


@pytest.mark.parametrize("name", PAGES)
def test_the_page_shows_what_its_commands_print(name: str, tmp_path: Path) -> None:
    mailroom = Command(EXAMPLES / name, tmp_path / "state", free_port())
    terminal = Session(EXAMPLES / name, mailroom.variables)
    try:
        mailroom.run("up", seconds=300)

        terminal.check(PAGES[name])
    finally:
        mailroom.run("reset", "--yes")


def test_there_is_such_a_page() -> None:
    assert PAGES
