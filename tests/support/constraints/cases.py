"""One case for each constraint of an operation's input."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from mailroom_rules.limits.exemptions import exemption
from mailroom_rules.limits.scalars import NUMBERS
from mailroom_rules.limits.violation import Kind

from tests.support.constraints.texts import matching, not_matching

# Longer than any that has to be counted exactly.
LARGEST = 3_000_000
type Path = tuple[str, ...]


class Unbreakable(Exception):
    """Raised when no value breaks a constraint, with the reason."""


@dataclass(frozen=True, slots=True)
class Case:
    """A constraint.

    Attributes:
        path: members from the request; `[]`, `{key}` and `{value}` for what lists and maps have.
        owner: name that an exemption would have.
    """

    service: str
    operation: str
    path: Path
    kind: Kind
    shapes: tuple[Any, ...]
    owner: str

    @property
    def exemption(self) -> str | None:
        """Why it isn't checked."""
        return exemption(self.service, self.owner, self.kind)

    def requests(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """A request whose value keeps the constraint, and one whose value breaks it.

        Raises:
            Unbreakable: there is no such value.
        """
        good, bad = sides(self.kind, self.shapes[-1])
        return self._request(good), self._request(bad)

    def _request(self, value: Any) -> dict[str, Any]:
        request: dict[str, Any] = _around(self.shapes, self.path, value)
        return request


def cases(service: str, operation: Any) -> Iterator[Case]:
    """Every constraint of an operation's input."""
    if operation.input_shape is not None:
        yield from _cases(service, operation.name, operation.input_shape, (), ())


def _cases(
    service: str, operation: str, shape: Any, path: Path, above: tuple[Any, ...]
) -> Iterator[Case]:
    if shape.name in {one.name for one in above}:
        return
    shapes = (*above, shape)
    for kind in (Kind.MIN, Kind.MAX, Kind.PATTERN, Kind.ENUM):
        if kind in shape.metadata and shape.type_name != "structure":
            yield Case(service, operation, path, kind, shapes, shape.name)
    if shape.type_name == "structure":
        for name in shape.required_members:
            owner = f"{shape.name}.{name}"
            yield Case(service, operation, (*path, name), Kind.REQUIRED, shapes, owner)
        for name, member in shape.members.items():
            yield from _cases(service, operation, member, (*path, name), shapes)
    elif shape.type_name == "list":
        yield from _cases(service, operation, shape.member, (*path, "[]"), shapes)
    elif shape.type_name == "map":
        yield from _cases(service, operation, shape.key, (*path, "{key}"), shapes)
        yield from _cases(service, operation, shape.value, (*path, "{value}"), shapes)


def sides(kind: Kind, shape: Any) -> tuple[Any, Any]:
    """A value of a shape on each side of a constraint."""
    said = shape.metadata
    if kind is Kind.ENUM:
        return said["enum"][0], "none-of-them"
    if kind is Kind.PATTERN:
        bounds = said.get("min") or 0, said.get("max") or LARGEST
        bad = not_matching(said["pattern"], *bounds)
        if bad is None:
            raise Unbreakable("every text matches the pattern")
        return matching(said["pattern"], *bounds), bad
    if kind is Kind.REQUIRED:
        return (), ABSENT
    step = 1 if kind is Kind.MAX else -1
    bound = said[kind]
    if shape.type_name in NUMBERS:
        return bound, bound + step
    if bound + step < 0:
        raise Unbreakable("no length is below 0")
    return _sized(shape, bound), _sized(shape, bound + step)


ABSENT = object()


def _sized(shape: Any, size: int) -> Any:
    if size > LARGEST:
        raise Unbreakable(f"a value of {size} is more than a request can have")
    match shape.type_name:
        case "list":
            # Nothing is sent of a structure that has nothing.
            return [example(shape.member) or _filled(shape.member)] * size
        case "map":
            return {f"k{index}": example(shape.value) for index in range(size)}
        case "blob":
            return b"a" * size
    return "a" * size


def _filled(shape: Any) -> Any:
    """An example that has a member."""
    name, member = next(iter(shape.members.items()))
    return {name: example(member)}


def example(shape: Any, above: frozenset[str] = frozenset()) -> Any:
    """A value that a shape takes, with the members that it has to have."""
    said, above = shape.metadata, above | {shape.name}
    match shape.type_name:
        case "structure":
            names = shape.required_members or ([*shape.members][:1] if said.get("union") else [])
            return {
                name: example(shape.members[name], above)
                for name in names
                if shape.members[name].name not in above
            }
        case "list":
            return [example(shape.member, above)] * max(said.get("min") or 0, 0)
        case "map":
            return {example(shape.key, above): example(shape.value, above)}
        case "string":
            return _text(said)
        case "blob":
            return b"a" * (said.get("min") or 1)
        case "boolean":
            return True
        case "timestamp":
            return 1_700_000_000
    return said.get("min") or min(1, said.get("max", 1))


def _text(said: Any) -> str:
    if enum := said.get("enum"):
        return str(enum[0])
    least = max(said.get("min") or 0, 1)
    if pattern := said.get("pattern"):
        return matching(pattern, least, said.get("max") or LARGEST) or "a" * least
    return "a" * least


def _around(shapes: tuple[Any, ...], path: Path, value: Any) -> Any:
    """An example of the first shape, with a value at the end of a path."""
    if not path:
        return value
    shape, name = shapes[0], path[0]
    if name == "[]":
        return [_around(shapes[1:], path[1:], value)]
    if name == "{key}":
        return {value: example(shape.value)}
    if name == "{value}":
        return {example(shape.key): _around(shapes[1:], path[1:], value)}
    around = example(shape)
    if value is ABSENT and len(path) == 1:
        around.pop(name, None)
        # Nothing is sent of a structure that has nothing.
        others = [one for one in shape.members if one != name and not around]
        around |= {one: example(shape.members[one]) for one in others[:1]}
    elif value == () and len(path) == 1:
        around[name] = example(shape.members[name])
    else:
        around[name] = _around(shapes[1:], path[1:], value)
    return around
