"""What the template substitutes in a definition."""

import json
import re
from collections.abc import Iterator

from mailroom.checking.finding import Location, Problem, Severity
from mailroom.checking.machines.machine import Machine
from mailroom.checking.rule import machines, rule

_VARIABLE = re.compile(r"\$\{([^}]*)\}")


@rule(
    machines,
    id="state-substitution",
    severity=Severity.error,
    title="a substitution that the template does not have, or that nothing uses",
    why="what is not substituted stays as the text ${…}, and calls nothing",
    page="serverless-application-model/latest/developerguide/sam-resource-statemachine.html",
    fix="let DefinitionSubstitutions and the ${…} of the definition name the same",
)
def substitutions(machine: Machine) -> Iterator[Problem]:
    given = machine.substitutions
    used = set(_VARIABLE.findall(json.dumps(machine.definition.body)))
    for at, name in _places(machine, used):
        if name not in given:
            yield Problem(at, f"${{{name}}} has no substitution")
    for name in given.keys() - machine.inserted.keys() - used:
        place = ("Resources", machine.id, "Properties", "DefinitionSubstitutions", name)
        yield Problem(machine.template.at(place), f"nothing uses the substitution {name}")


def _places(machine: Machine, used: set[str]) -> Iterator[tuple[Location, str]]:
    """Each line of the definition's own file that has a variable; else the definition's place."""
    if machine.place:
        yield from ((machine.at(), name) for name in sorted(used))
        return
    for number, line in enumerate(machine.source.lines, 1):
        for name in _VARIABLE.findall(line):
            yield Location(machine.source.file, number), name
