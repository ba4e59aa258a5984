"""What can't be tried in the emulator."""

import re
from collections.abc import Iterator

from mailroom.checking.definitions import Definitions
from mailroom.checking.finding import Problem, Severity
from mailroom.checking.rule import rule, whole

_SECTION = re.compile(r"\[localstack\.cloudformation\.resource_providers\]\n(.*?)(?:\n\[|\Z)", re.S)
_NO_PROVIDER = ("Custom::", "AWS::CloudFormation::CustomResource")


def known_types(definitions: Definitions) -> set[str]:
    """The resource types, in lower case, that the installed LocalStack has a provider for."""
    found: set[str] = set()
    if definitions.engine:
        # LocalStack itself is in the environment that checkouts share.
        shared = definitions.engine / ".shared"
        for path in shared.glob("lib/python*/site-packages/*/entry_points.txt"):
            for section in _SECTION.findall(path.read_text()):
                found |= {line.partition("=")[0].strip() for line in section.splitlines()}
    return found


@rule(
    whole,
    id="emulator-resource-type",
    severity=Severity.warning,
    title="a resource type that LocalStack does not know",
    why="it is created for the first time in AWS, untested",
    page="AWSCloudFormation/latest/UserGuide/aws-template-resource-type-ref.html",
    fix="put it under a condition that is false locally, or into a template of its own",
)
def emulator_resource_type(definitions: Definitions) -> Iterator[Problem]:
    known = () if definitions.transform_faults else known_types(definitions)
    for stack in definitions.stacks if known else ():
        for resource in stack.resources.values():
            if resource.type.lower() not in known and not resource.type.startswith(_NO_PROVIDER):
                at = definitions.template.at(("Resources", resource.id, "Type"))
                yield Problem(at, f"{resource.id} is a {resource.type}")
