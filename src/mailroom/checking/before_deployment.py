"""What `up` checks before it deploys: schemas of resources, and the graphs of state machines.

Run as a module, it checks a checkout for `mailroom.deployment.checks`, which starts it in a
process of its own: it imports cfn-lint and SAM for seconds, while LocalStack boots.
"""

import gc
import json
import sys
from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path

from mailroom_rules.states import Definition

from mailroom.checking.definitions import MALFORMED, Definitions
from mailroom.checking.finding import Finding
from mailroom.checking.machines.machine import Machine
from mailroom.checking.reading import read_definitions
from mailroom.checking.rule import REGISTER
from mailroom.checking.rules import cloudformation
from mailroom.checking.rules.states import advice, refused, substitutions
from mailroom.checking.suppression import find_suppressions, suppress
from mailroom.deployment.checks import Part, Said
from mailroom.deployment.environment_config import EnvironmentConfig
from mailroom.errors import Refused
from mailroom.project import Project

_OF_TEMPLATES = ("sam-transform", "yaml-alias")
_STATES = (advice, refused, substitutions)
# What AWS creates all the same: it fails at run time, or here alone.
_CREATED = ("state-substitution",)


def check_part(project: Project, part: Part, region: str) -> list[Said]:
    """The findings of one part that are not suppressed, in the order of files and lines.

    A refusal is what the stack's creation would end with in AWS.

    Raises:
        Refused: A file is missing or malformed.
    """
    nowhere = project.template.parent / "nowhere"
    target = EnvironmentConfig("local", region, "mailroom")
    definitions = read_definitions(project.template, project.root, nowhere, nowhere)
    definitions = replace(definitions, targets=[target])
    find = _in_template if part is Part.template else _in_machines
    found = suppress(find(definitions), find_suppressions(definitions))
    open_findings = [one for one in found if one.suppressed is None]
    return [_said(one) for one in sorted(open_findings, key=lambda one: (one.at, one.rule))]


def _in_template(definitions: Definitions) -> Iterator[Finding]:
    machines = [replace(one, definition=_stub(one)) for one in definitions.machines]
    definitions = replace(definitions, machines=machines)
    yield from cloudformation.lint(definitions)
    yield from _of_rules(definitions, [*_OF_TEMPLATES])


def _in_machines(definitions: Definitions) -> Iterator[Finding]:
    modules = {module.__name__ for module in _STATES}
    yield from _of_rules(definitions, [id for id, one in REGISTER.items() if one.module in modules])


def _of_rules(definitions: Definitions, ids: list[str]) -> Iterator[Finding]:
    for id in ids:
        try:
            yield from list(REGISTER[id].findings(definitions))
        except MALFORMED:
            continue  # cfn-lint says so


def _stub(machine: Machine) -> Definition:
    """A definition that uses what the template puts into the real one: that is the other part."""
    used = " ".join(f"${{{name}}}" for name in machine.substitutions)
    return Definition({"Comment": used, "StartAt": "End", "States": {"End": {"Type": "Succeed"}}})


def _said(finding: Finding) -> Said:
    refused = finding.severity == "error" and finding.rule not in _CREATED
    return Said(str(finding.at), finding.rule, finding.message, refused)


def main() -> int:
    """Check the parts that are named, and print what is found: a JSON object of lists."""
    # It ends in seconds, and of what cfn-lint reads little is garbage.
    gc.disable()
    root, region, *parts = sys.argv[1:]
    project = Project(Path(root), Path(root) / ".mailroom")
    try:
        found = {part: check_part(project, Part(part), region) for part in parts}
    except Refused as refused:
        print(str(refused), file=sys.stderr)
        return refused.exit_code
    json.dump({part: [asdict(one) for one in said] for part, said in found.items()}, sys.stdout)
    return 0


if __name__ == "__main__":
    sys.exit(main())
