"""The documentation is held to the code: nothing is undocumented, nothing documented is gone."""

import re
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from mailroom.cli.documentation import page

ROOT = Path(__file__).parents[3]
PAGES = sorted(
    [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")],
)
VARIABLE = re.compile(r"\b(?:MAILROOM|LAMBDA_PROCESS)_[A-Z_]*[A-Z]\b")
# Of the rehearsal's own processes, set and read by nothing that a user runs.
INTERNAL = {"MAILROOM_REHEARSAL_BOUNDARY", "MAILROOM_REHEARSAL_SECRET"}
# Named as an example of a variable of the user's own.
EXAMPLES = {"MAILROOM_DEV_ACCOUNT", "MAILROOM_PROD_ACCOUNT"}


def sources() -> Iterator[Path]:
    folders = ("src", "emulator/plugin/src", "scripts", "functions", "rules")
    yield from chain.from_iterable((ROOT / folder).rglob("*.py") for folder in folders)
    yield from (ROOT / "scripts").glob("*.sh")
    yield from ROOT.glob("docker-compose*.yml")
    yield ROOT / "emulator" / "Dockerfile"


def first_cells(page: str) -> set[str]:
    rows = re.findall(r"^\| ([^|]*) \|", (ROOT / "docs" / page).read_text(), re.MULTILINE)
    return {name for row in rows for name in re.findall(r"`([^`]+)`", row)}


def test_the_page_of_commands_is_what_the_commands_say() -> None:
    command = "python -m mailroom.cli.documentation > docs/commands.md"

    assert (ROOT / "docs" / "commands.md").read_text() == page(), f"run: {command}"


def test_each_environment_variable_is_documented_and_each_documented_one_exists() -> None:
    used = {name for file in sources() for name in VARIABLE.findall(file.read_text())}
    documented = {name for name in first_cells("settings.md") if VARIABLE.fullmatch(name)}

    assert documented == used - INTERNAL - EXAMPLES


def test_each_template_parameter_is_documented_and_each_documented_one_exists() -> None:
    template = YAML(typ="rt").load(ROOT / "infra" / "template.yml")
    section = (ROOT / "docs" / "settings.md").read_text().partition("## Template parameters")[2]
    documented = set(
        re.findall(r"`([A-Za-z]+)`", "".join(re.findall(r"^\| (.*?) \|", section, re.M)))
    )

    assert documented == set(template["Parameters"])


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_each_link_leads_somewhere(path: Path) -> None:
    text = re.sub(r"```.*?```", "", path.read_text(), flags=re.DOTALL)
    links = [link for link in re.findall(r"\]\(([^)\s]+)\)", text) if "://" not in link]

    dead = [link for link in links if not leads_somewhere(path, link)]

    assert dead == []


def leads_somewhere(page: Path, link: str) -> bool:
    file, _, anchor = link.partition("#")
    target = (page.parent / file).resolve() if file else page
    return target.exists() and (not anchor or anchor in anchors(target))


def anchors(page: Path) -> set[str]:
    titles = re.findall(r"^#+ (.*)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_the_command_goes_by_its_name_in_every_example(path: Path) -> None:
    examples = re.findall(r"^```.*?^```", path.read_text(), re.MULTILINE | re.DOTALL)

    assert not any(".venv/bin/mailroom" in example for example in examples)


def test_each_file_of_the_walks_exists() -> None:
    walks = (ROOT / "CONTRIBUTING.md").read_text().partition("## Three walks")[2]
    named = re.findall(r"`([\w/.]+\.(?:py|json|yml))`", walks.partition("## Habits")[0])

    assert len(named) > 30
    assert [name for name in named if not (ROOT / name).is_file()] == []


def test_each_room_stands_on_the_map() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text()
    mapped = set(re.findall(r"^\| `([\w/]+)/` \|", text, re.MULTILINE))
    wings = {"functions", "infra", "rules", "emulator/plugin", "src/mailroom"}
    packages = (ROOT / "src/mailroom", ROOT / "emulator/plugin/src/mailroom_localstack")
    rooms = {init.parent.name for package in packages for init in package.glob("*/__init__.py")}

    assert mapped == rooms | wings
