"""A state machine's definition, with all of its states wherever they are nested."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from mailroom.checking.finding import Location
from mailroom.checking.machines.definition_text import read_definition
from mailroom.checking.template.source import Key, Place, Source
from mailroom.errors import Refused

TYPES = ("AWS::Serverless::StateMachine", "AWS::StepFunctions::StateMachine")


@dataclass(frozen=True)
class State:
    """One state.

    Attributes:
        name: Its name.
        body: Its fields.
        place: Where it stands in the definition.
    """

    name: str
    body: dict[str, Any]
    place: Place

    @property
    def type(self) -> Any:
        return self.body.get("Type")


@dataclass(frozen=True)
class Scope:
    """States that may name each other: the machine's own, a branch's, or an iterator's."""

    place: Place
    body: dict[str, Any]

    @property
    def states(self) -> list[State]:
        states = self.body.get("States")
        return [
            State(name, body, (*self.place, "States", name))
            for name, body in (states.items() if isinstance(states, dict) else ())
            if isinstance(body, dict)
        ]


@dataclass(frozen=True)
class Machine:
    """A state machine of the template.

    Attributes:
        id: Its logical id.
        definition: In the Amazon States Language.
        source: The file that holds the definition.
        place: Where in that file.
        template: The template's file.
        inserted: What CloudFormation's own functions put in place of `${…}`, by name.
    """

    id: str
    definition: dict[str, Any]
    source: Source
    place: Place
    template: Source
    inserted: dict[str, Any] = field(default_factory=dict)

    def at(self, place: tuple[Key, ...] = ()) -> Location:
        """The line of a place in the definition."""
        return self.source.at((*self.place, *place))

    @cached_property
    def scopes(self) -> list[Scope]:
        """The machine's scope, and those of every branch and iterator in it."""
        return list(_scopes((), self.definition))

    @cached_property
    def states(self) -> list[State]:
        """All states of all scopes."""
        return [state for scope in self.scopes for state in scope.states]

    def is_jsonata(self, state: State) -> bool:
        """Whether a state is written in JSONata, by itself or as the whole machine is."""
        language = state.body.get("QueryLanguage") or self.definition.get("QueryLanguage")
        return language == "JSONata"

    @property
    def is_express(self) -> bool:
        """Whether the template makes it an Express workflow."""
        properties = self.template.plain["Resources"][self.id].get("Properties", {})
        return "EXPRESS" in (properties.get("Type"), properties.get("StateMachineType"))

    @property
    def substitutions(self) -> dict[str, Any]:
        """What the template puts in place of `${…}` in the definition."""
        properties = self.template.plain["Resources"][self.id].get("Properties", {})
        return {**self.inserted, **(properties.get("DefinitionSubstitutions") or {})}


def load_machines(template: Source, folder: Path, root: Path) -> Iterator[Machine]:
    """The state machines that a template defines.

    Args:
        template: The template.
        folder: Its folder, which `DefinitionUri` is relative to.
        root: The checkout's root.

    Raises:
        Refused: A definition's file is missing, or is no JSON or YAML.
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
        raise Refused(f"{source.at(place)}: the definition of {id} is no object")
    return Machine(id, definition, source, place, template)


def _scopes(place: Place, body: Any) -> Iterator[Scope]:
    if not isinstance(body, dict):
        return
    scope = Scope(place, body)
    yield scope
    for state in scope.states:
        branches = state.body.get("Branches")
        for index, branch in enumerate(branches if isinstance(branches, list) else ()):
            yield from _scopes((*state.place, "Branches", index), branch)
        for name in ("ItemProcessor", "Iterator"):
            if name in state.body:
                yield from _scopes((*state.place, name), state.body[name])
