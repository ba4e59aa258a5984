"""docs/message-types.md is what the models say."""

from pathlib import Path

from mailroom.project import Project
from mailroom.types.described import read_types
from mailroom.types.documentation import page

PAGE = Path(__file__).parents[3] / "docs" / "message-types.md"


def test_the_page_of_types_is_what_their_models_say() -> None:
    text = PAGE.read_text()
    # A type that a developer has added need not be on the page.
    documented = [one for one in read_types(Project.find()) if f"\n## `{one.name}`\n" in text]

    command = "python -m mailroom.types.documentation > docs/message-types.md"
    assert text == page(documented), f"run: {command}"
    assert {"alert", "notification"} <= {one.name for one in documented}
