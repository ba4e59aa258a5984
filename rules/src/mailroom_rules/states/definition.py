"""A state machine's definition and all of its states, wherever they are nested.

https://docs.aws.amazon.com/step-functions/latest/dg/statemachine-structure.html
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

# https://docs.aws.amazon.com/step-functions/latest/apireference/API_ValidateStateMachineDefinitionDiagnostic.html
SCHEMA_VALIDATION_FAILED = "SCHEMA_VALIDATION_FAILED"
DUPLICATE_STATE_NAME = "DUPLICATE_STATE_NAME"
INVALID_STATE_NAME = "INVALID_STATE_NAME"

Path = tuple[str | int, ...]
"""Keys and indices, from the definition's root to a place in it."""

Check = Callable[["Definition"], Iterator["Diagnostic"]]


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One thing that is wrong with a definition.

    Attributes:
        path: where.
        explanation: what is wrong, for its author.
        code: as ValidateStateMachineDefinition has it.
        sentence: AWS's own message, where public reports show it.
        located: whether AWS says where.
        place: where AWS says it is, if that isn't the path.
        certain: whether a source is sure that AWS rejects it. `mailroom check` reports it in
            either case; the emulator refuses only what is certain.
    """

    path: Path
    explanation: str
    code: str = SCHEMA_VALIDATION_FAILED
    sentence: str | None = None
    located: bool = True
    place: Path | None = None
    certain: bool = True

    @property
    def message(self) -> str:
        """What AWS says, or else the explanation."""
        return self.sentence or self.explanation

    @property
    def location(self) -> str | None:
        """The path as AWS writes it, such as `/States/Choose/Choices[0]/Next`."""
        if not self.located:
            return None
        path = self.path if self.place is None else self.place
        return "".join(f"[{key}]" if isinstance(key, int) else f"/{key}" for key in path)

    def __str__(self) -> str:
        return f"{self.code}: {self.message} at {self.location or 'null'}"


@dataclass(frozen=True, slots=True)
class State:
    """One state: its name, its fields, and where it stands in the definition."""

    name: str
    body: dict[str, Any]
    path: Path

    @property
    def type(self) -> Any:
        """Its Type, which may be missing or wrong."""
        return self.body.get("Type")


@dataclass(frozen=True, slots=True)
class Scope:
    """States that may name each other: the machine's own, a branch's, or a Map's."""

    path: Path
    body: dict[str, Any]

    @property
    def states(self) -> list[State]:
        """Its states, without those of the scopes inside them."""
        states = self.body.get("States")
        return [
            State(name, body, (*self.path, "States", name))
            for name, body in (states.items() if isinstance(states, dict) else ())
            if isinstance(body, dict)
        ]


@dataclass(frozen=True)
class Definition:
    """A definition in the Amazon States Language.

    Attributes:
        body: what its JSON holds.
        express: whether the state machine is an Express workflow.
    """

    body: dict[str, Any]
    express: bool = False

    @cached_property
    def scopes(self) -> list[Scope]:
        """The machine's scope, and after it those of every branch and Map in it."""
        return list(_scopes((), self.body))

    @cached_property
    def states(self) -> list[State]:
        """All states of all scopes."""
        return [state for scope in self.scopes for state in scope.states]

    def is_jsonata(self, state: State) -> bool:
        """Whether a state is written in JSONata, by its own field or by the machine's."""
        language = state.body.get("QueryLanguage") or self.body.get("QueryLanguage")
        return bool(language == "JSONata")


def _scopes(path: Path, body: Any) -> Iterator[Scope]:
    if not isinstance(body, dict):
        return
    scope = Scope(path, body)
    yield scope
    for state in scope.states:
        branches = state.body.get("Branches")
        for index, branch in enumerate(branches if isinstance(branches, list) else ()):
            yield from _scopes((*state.path, "Branches", index), branch)
        for name in ("ItemProcessor", "Iterator"):
            yield from _scopes((*state.path, name), state.body.get(name))
