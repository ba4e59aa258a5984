"""The state machines of a template, and where their definitions are."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from mailroom_rules.states import Definition

from mailroom.checking.finding import Location
from mailroom.checking.machines.definition_text import read_definition
from mailroom.checking.template.source import Key, Place, Source
from mailroom.errors import Refused

TYPES = ("AWS::Serverless::StateMachine", "AWS::StepFunctions::StateMachine")


@dataclass(frozen=True)
class Machine:
    """A state machine of the template.

    Attributes:
        id: Its logical id.
        definition: With all of its states.
        source: The file that holds the definition.
        place: Where in that file.
        template: The template's file.
        inserted: What CloudFormation's own functions insert for `${…}`, by name.
    """

    id: str
    definition: Definition
    source: Source
    place: Place
    template: Source
    inserted: dict[str, Any] = field(default_factory=dict)

    def at(self, place: tuple[Key, ...] = ()) -> Location:
        """The line of a place in the definition."""
        return self.source.at((*self.place, *place))

    @property
    def substitutions(self) -> dict[str, Any]:
        """What the template inserts for `${…}` in the definition."""
        properties = self.template.plain["Resources"][self.id].get("Properties", {})
        return {**self.inserted, **(properties.get("DefinitionSubstitutions") or {})}


def load_machines(template: Source, folder: Path, root: Path) -> Iterator[Machine]:
    """The state machines that a template defines.

    Args:
        template: The template.
        folder: Its folder, which `DefinitionUri` is relative to.
        root: The checkout's root.

    Raises:
        Refused: A definition's file is missing, or is neither JSON nor YAML.
    """
    for id, resource in (template.plain.get("Resources") or {}).items():
        if isinstance(resource, dict) and resource.get("Type") in TYPES:
            properties = resource.get("Properties") or {}
            here: Place = ("Resources", id, "Properties")
            if isinstance(properties.get("DefinitionUri"), str):
                source = Source.load(folder / properties["DefinitionUri"], root)
                yield _machine(id, source.plain, source, (), template)
            elif "DefinitionString" in properties:
                place = (*here, "DefinitionString")
                read = read_definition(properties["DefinitionString"], template.at(place))
                if read:
                    machine = _machine(id, read[0], template, place, template)
                    yield replace(machine, inserted=read[1])
            elif "Definition" in properties:
                place = (*here, "Definition")
                yield _machine(id, properties["Definition"], template, place, template)


def _machine(id: str, definition: Any, source: Source, place: Place, template: Source) -> Machine:
    if not isinstance(definition, dict):
        raise Refused(f"{source.at(place)}: the definition of {id} is not an object")
    properties = template.plain["Resources"][id].get("Properties") or {}
    express = "EXPRESS" in (properties.get("Type"), properties.get("StateMachineType"))
    return Machine(id, Definition(definition, express), source, place, template)
