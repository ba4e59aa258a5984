"""At how many message types a limit is reached; thirty are below all of them."""

import shutil
from dataclasses import replace
from pathlib import Path

from mailroom.checking.definitions import Definitions
from mailroom.checking.reading import load_definitions
from mailroom.checking.run import check
from mailroom.checking.type_limits import type_limits
from mailroom.project import Project
from mailroom.types.definitions import update_definitions
from mailroom.types.described import MessageType, read_types

CHECKOUT = Project.find()
TYPES = read_types(CHECKOUT)


def with_types(count: int, root: Path) -> tuple[Project, list[MessageType]]:
    """A copy whose definitions have so many types."""
    project = Project(root, root / ".mailroom")
    shutil.copytree(CHECKOUT.template.parent, project.template.parent)
    (root / "functions").symlink_to(CHECKOUT.functions)
    # What LocalStack doesn't know is left out of the check where there is no engine.
    (root / ".envs").symlink_to(CHECKOUT.root / ".envs")
    more = [
        replace(TYPES[0], name=f"purchase_order{n}", table=f"purchase_orders{n}")
        for n in range(count - len(TYPES))
    ]
    types = [*TYPES, *more]
    update_definitions(project, types)
    return project, types


def test_thirty_types_have_no_findings(tmp_path: Path) -> None:
    project, _ = with_types(30, tmp_path)

    findings = check(load_definitions(project))

    # But that twenty-eight of them have no folder.
    found = [one for one in findings if one.suppressed is None]
    assert [one for one in found if one.rule != "filter-matches-nothing"] == []


def test_each_limit_is_at_some_number_of_types_and_the_first_comes_first(
    checkout: Definitions,
) -> None:
    found = type_limits(CHECKOUT, checkout, TYPES)

    assert [one.types for one in found] == sorted(one.types for one in found)
    assert found[0].types >= 30
    page = (CHECKOUT.root / "docs" / "your-own-messages.md").read_text()
    assert f"room for {found[0].types} types: {found[0].what}" in page
    words = "Resources", "Outputs", "policies", "environment variables", "filter", "definition"
    for word in (*words, "TopicToQueuesPolicy", "bytes of the template"):
        assert [one for one in found if word in one.what], word


def test_it_is_that_number_of_types_that_is_within_the_limit(
    checkout: Definitions, tmp_path: Path
) -> None:
    [limit] = [one for one in type_limits(CHECKOUT, checkout, TYPES) if one.what == "Resources"]

    for count, within in ((limit.types, True), (limit.types + 1, False)):
        project, _ = with_types(count, tmp_path / str(count))
        resources = load_definitions(project).transformed["Resources"]
        assert (len(resources) <= limit.limit) is within
