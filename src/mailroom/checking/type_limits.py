"""At how many message types each limit of AWS is reached, computed from the definitions."""

import math
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from mailroom.checking.definitions import Definitions
from mailroom.checking.reading import load_definitions
from mailroom.checking.rules.functions.connections import (
    accepted_connections,
    opened_connections,
)
from mailroom.checking.rules.quotas import measures
from mailroom.project import Project
from mailroom.types.definitions import ordered
from mailroom.types.described import MessageType
from mailroom.types.state_machine import generate_state_machine
from mailroom.types.template import generate_template

# So many that what grows less and less tells its course: an execution's history more than doubles
# from two types to six, and again only at sixty, as branches poll less often.
_MORE = 28


@dataclass(frozen=True)
class TypeLimit:
    """A limit that grows with the number of types.

    Attributes:
        what: What is limited.
        limit: The limit.
        used: What the types of today use.
        types: The highest number of types that it leaves room for.
    """

    what: str
    limit: int
    used: float
    types: int

    def __str__(self) -> str:
        return f"{self.types} types: {self.what}, {self.used:,.0f} of {self.limit:,} now"


def type_limits(
    project: Project, definitions: Definitions, types: Sequence[MessageType]
) -> list[TypeLimit]:
    """The limits, the one first that is reached first.

    What one type adds is told by definitions that are generated with some more of them.
    """
    if not types:
        return []
    with tempfile.TemporaryDirectory(prefix="mailroom-") as folder:
        later = _uses(_with_more(project, types, Path(folder)))
    found = []
    for (what, limit), used in _uses(definitions).items():
        each = (later.get((what, limit), used) - used) / _MORE
        if each > 0:
            room = math.floor((limit - used) / each)
            found.append(TypeLimit(what, limit, used, len(types) + room))
    return sorted(found, key=lambda one: (one.types, one.what))


def _uses(definitions: Definitions) -> dict[tuple[str, int], float]:
    """The use of each limit; of several environments, the highest."""
    found: dict[tuple[str, int], float] = {}
    for one in measures(definitions):
        key = one.what, one.limit
        found[key] = max(one.value, found.get(key, 0))
    for stack in definitions.known_stacks:
        what = f"connections to Postgres in {stack.target.name}"
        limit = accepted_connections(definitions, stack)
        found[what, limit] = opened_connections(definitions, stack)
    return found


def _with_more(project: Project, types: Sequence[MessageType], root: Path) -> Definitions:
    larger = Project(root, root / ".mailroom")
    shutil.copytree(project.template.parent, larger.template.parent)
    (root / "functions").symlink_to(project.functions)
    machine = larger.template.with_name("asl.json")
    last = types[-1]
    more = [
        replace(last, name=f"{last.name}{number}", table=f"{last.table}{number}")
        for number in range(_MORE)
    ]
    in_order = [*ordered(machine.read_text(), types), *more]
    machine.write_text(generate_state_machine(machine.read_text(), in_order))
    larger.template.write_text(generate_template(larger.template.read_text(), in_order))
    return load_definitions(larger)
