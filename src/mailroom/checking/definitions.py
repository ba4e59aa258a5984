"""All that is checked, read once: template, state machines, environments and code."""

import copy
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from mailroom.checking.machine import Machine, load_machines
from mailroom.checking.source import Source
from mailroom.checking.stack import Stack, values_of
from mailroom.checking.transform import SamRefused, transform
from mailroom.deployment.target import Target, load_target
from mailroom.errors import Refused
from mailroom.project import Project

# What reading a value of another type than CloudFormation's schema says ends in.
MALFORMED = (AttributeError, IndexError, KeyError, TypeError, ValueError)
_NO_ENVIRONMENT = Target("default", "us-east-1", "mailroom")


@dataclass(frozen=True, eq=False)
class Definitions:
    """What is deployed.

    Attributes:
        root: The checkout's root; findings name files from here.
        path: The template's path.
        template: The template.
        machines: Its state machines.
        environments: Folder of the environments' files.
        targets: The environments.
        functions: Folder of the functions' code.
        engine: LocalStack's environment, for what it knows.
        packages: The packaged dependencies for each architecture that an environment deploys.
        package_faults: Why a package could not be built, by architecture.
        previous: The template that was deployed before, if that is known.
    """

    root: Path
    path: Path
    template: Source
    machines: list[Machine]
    environments: Path
    targets: list[Target]
    functions: Path
    engine: Path | None = None
    packages: dict[str, Path] = field(default_factory=dict)
    package_faults: dict[str, str] = field(default_factory=dict)
    previous: Source | None = None

    @cached_property
    def document(self) -> dict[str, Any]:
        """The template with the definitions of its state machines inside."""
        document = copy.deepcopy(self.template.plain)
        for machine in self.machines:
            properties = document["Resources"][machine.id]["Properties"]
            if properties.pop("DefinitionUri", None):
                properties["Definition"] = machine.definition
        return document if isinstance(document, dict) else {}

    @cached_property
    def _transformation(self) -> tuple[dict[str, Any], list[tuple[str | None, str]]]:
        try:
            return transform(self.document), []
        except SamRefused as error:
            return self.document, error.causes

    @property
    def transformed(self) -> dict[str, Any]:
        """The template with SAM's resources expanded."""
        return self._transformation[0]

    @property
    def transform_faults(self) -> list[tuple[str | None, str]]:
        """Why SAM could not expand it: logical id and reason."""
        return self._transformation[1]

    @cached_property
    def stacks(self) -> list[Stack]:
        """The template in each environment, and with each choice that a parameter allows."""
        return [
            Stack(target, self.template, self.transformed, values_of(self.transformed, target))
            for target in self._variants()
        ]

    @property
    def known_stacks(self) -> list[Stack]:
        """The template in each environment, as that environment's file says."""
        return [stack for stack in self.stacks if stack.target in self.targets]

    def _variants(self) -> Iterator[Target]:
        for target in self.targets:
            yield target
            for name, parameter in (self.transformed.get("Parameters") or {}).items():
                chosen = target.parameters.get(name, parameter.get("Default"))
                for value in parameter.get("AllowedValues", []):
                    if str(value) != str(chosen):
                        parameters = {**target.parameters, name: str(value)}
                        yield replace(target, parameters=parameters)


def load_definitions(project: Project) -> Definitions:
    """Read a checkout's definitions.

    Raises:
        Refused: A file is missing or malformed.
    """
    engine = project.root / ".envs" / "engine"
    return read_definitions(
        project.template,
        project.root,
        project.functions,
        project.root / "infra" / "environments",
        engine if engine.is_dir() else None,
    )


def read_definitions(
    template: Path, root: Path, functions: Path, environments: Path, engine: Path | None = None
) -> Definitions:
    """Read a template and what belongs to it.

    Raises:
        Refused: A file is missing or malformed.
    """
    source = Source.load(template, root)
    if not isinstance(source.plain, dict) or not isinstance(source.plain.get("Resources"), dict):
        raise Refused(f"{source.file}: this is no template, it has no Resources")
    targets = [load_target(environments, path.stem) for path in sorted(environments.glob("*.toml"))]
    return Definitions(
        root,
        template,
        source,
        list(load_machines(source, template.parent, root)),
        environments,
        targets or [_NO_ENVIRONMENT],
        functions,
        engine,
    )


def _require_objects(source: Source) -> None:
    for section in ("Parameters", "Conditions", "Mappings", "Resources", "Outputs", "Metadata"):
        entries = source.plain.get(section, {})
        if not isinstance(entries, dict):
            raise Refused(f"{source.at((section,))}: {section} is no object")
        for name, entry in entries.items():
            if section in ("Parameters", "Resources") and not isinstance(entry, dict):
                raise Refused(f"{source.at((section, name))}: {name} is no object")
