"""All that is checked, read once: template, state machines, environments and code."""

import copy
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from mailroom.checking.finding import Location
from mailroom.checking.machines.machine import Machine
from mailroom.checking.template.resolve import Resolver
from mailroom.checking.template.source import Source
from mailroom.checking.template.stack import Stack, values_of
from mailroom.checking.template.transform import SamRefused, transform
from mailroom.deployment.environment_config import EnvironmentConfig

# What a rule raises if a value has another type than CloudFormation's schema says.
MALFORMED = (AttributeError, IndexError, KeyError, TypeError, ValueError)


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
    targets: list[EnvironmentConfig]
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
                properties["Definition"] = machine.definition.body
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
        """Why SAM could not expand it: logical ids and reasons."""
        return self._transformation[1]

    @cached_property
    def stacks(self) -> list[Stack]:
        """The template in each environment, and with each choice that it leaves.

        A choice is another of a parameter's allowed values, or a condition the other way round.
        """
        chosen = [self._stack(target) for target in self._variants()]
        first = chosen[0]
        resolver = Resolver(self.transformed, first.values)
        for name in self.transformed.get("Conditions") or {}:
            chosen.append(replace(first, forced={name: not resolver.condition(name)}))
        return chosen

    def _stack(self, target: EnvironmentConfig) -> Stack:
        values = values_of(self.transformed, target)
        return Stack(target, self.template, self.transformed, values)

    @property
    def known_stacks(self) -> list[Stack]:
        """The template in each environment, as that environment's file says."""
        return [one for one in self.stacks if one.target in self.targets and not one.forced]

    def line_of(self, path: Path, pattern: str = "") -> Location:
        """The first line of a file that begins with a pattern, or else the file's first line."""
        lines = path.read_text().splitlines() if path.is_file() else []
        found = (n for n, line in enumerate(lines, 1) if re.match(pattern, line, re.IGNORECASE))
        return self.location(path, next(found, 1))

    def location(self, path: Path, line: int) -> Location:
        """A line of a file of the project."""
        return Location(path.relative_to(self.root).as_posix(), line)

    def _variants(self) -> Iterator[EnvironmentConfig]:
        for target in self.targets:
            yield target
            for name, parameter in (self.transformed.get("Parameters") or {}).items():
                chosen = target.parameters.get(name, parameter.get("Default"))
                for value in parameter.get("AllowedValues", []):
                    if str(value) != str(chosen):
                        parameters = {**target.parameters, name: str(value)}
                        yield replace(target, parameters=parameters)
