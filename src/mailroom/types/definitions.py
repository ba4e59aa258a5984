"""The definitions that follow from the message types: infra/template.yml and infra/asl.json."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path

from mailroom.errors import Refused
from mailroom.project import Project
from mailroom.types.described import FOLDER, MessageType, read_types
from mailroom.types.state_machine import branch_types, generate_state_machine
from mailroom.types.template import generate_template


@dataclass(frozen=True)
class Outdated:
    """A file that isn't what the types say.

    Attributes:
        path: The file.
        line: The first line that differs, from 1.
        text: What it should be.
    """

    path: Path
    line: int
    text: str


def outdated(project: Project, types: Sequence[MessageType]) -> Iterator[Outdated]:
    """The definitions that differ from what the types say.

    Types keep the order in which the state machine has them; new ones come last.

    Raises:
        Refused: A definition lacks what is to be generated.
    """
    machine = project.template.with_name("asl.json")
    in_order = ordered(machine.read_text(), types)
    for path, generate in (
        (project.template, generate_template),
        (machine, generate_state_machine),
    ):
        before = path.read_text()
        after = generate(before, in_order)
        if after != before:
            yield Outdated(path, _first_difference(before, after), after)


def ordered(machine: str, types: Sequence[MessageType]) -> list[MessageType]:
    """Types in the order in which a state machine's text has them; new ones come last."""
    places = {name: place for place, name in enumerate(branch_types(machine))}
    return sorted(types, key=lambda one: (places.get(one.name, len(places)), one.name))


def require_current(project: Project) -> tuple[MessageType, ...]:
    """The types of a checkout whose definitions are what the types say; none without the folder.

    Raises:
        Refused: A type's folder is wrong, or a definition isn't current.
    """
    if not (project.functions / FOLDER).is_dir():
        return ()
    types = read_types(project)
    differing = [
        f"{one.path.relative_to(project.root)}:{one.line} isn't what the message types say"
        for one in outdated(project, types)
    ]
    if differing:
        raise Refused("; ".join(differing), "bring it up to date: mailroom types generate")
    return types


def check_definitions(project: Project, types: Sequence[MessageType]) -> None:
    """Check that the definitions of types can be generated.

    Raises:
        Refused: A definition lacks what is to be generated, or a resource's name is taken.
    """
    list(outdated(project, types))


def update_definitions(project: Project, types: Sequence[MessageType]) -> list[Path]:
    """Write the definitions that differ from what the types say, and return their paths.

    Raises:
        Refused: A definition lacks what is to be generated; nothing is written.
    """
    differing = list(outdated(project, types))
    for one in differing:
        one.path.write_text(one.text)
    return [one.path for one in differing]


def _first_difference(before: str, after: str) -> int:
    pairs = zip_longest(before.splitlines(), after.splitlines())
    return next((number for number, (a, b) in enumerate(pairs, 1) if a != b), 1)
