"""Service models' constraints, compiled to closures: once for each shape, when an operation with it
is first called."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from mailroom_rules.limits.exemptions import exemption
from mailroom_rules.limits.scalars import Constraint, constraints_of
from mailroom_rules.limits.text import lower_first, parts, written
from mailroom_rules.limits.violation import Kind, Violation

if TYPE_CHECKING:
    from botocore.model import OperationModel, Shape

Path = tuple[str, ...]
Check = Callable[[Any, Path, list[Violation]], None]
NOT_NULL = "Member must not be null"


class Compiler:
    """Compiles the operations of one service.

    Args:
        service: its name, as botocore has it.
    """

    def __init__(self, service: str) -> None:
        """Starts with nothing compiled."""
        self._service = service
        self._checks: dict[str, Check | None] = {}

    def compile(self, operation: OperationModel) -> Check | None:
        """What checks the requests of an operation; None if there is nothing to check."""
        shape = operation.input_shape
        return self._check(shape) if shape is not None else None

    def _check(self, shape: Shape) -> Check | None:
        name = shape.name
        if name not in self._checks:
            # A shape that contains itself finds this one.
            self._checks[name] = lambda value, at, found: self._again(name, value, at, found)
            self._checks[name] = self._compiled(shape)
        return self._checks[name]

    def _again(self, name: str, value: Any, at: Path, found: list[Violation]) -> None:
        check = self._checks[name]
        if check is not None:
            check(value, at, found)

    def _compiled(self, shape: Shape) -> Check | None:
        own = _own(shape, constraints_of(self._service, shape))
        match shape.type_name:
            case "structure":
                return self._structure(shape)
            case "list":
                return _both(own, self._elements(shape))
            case "map":
                return _both(own, self._entries(shape))
        return own

    def _structure(self, shape: Any) -> Check | None:
        required = [
            name
            for name in shape.required_members
            if not exemption(self._service, f"{shape.name}.{name}", Kind.REQUIRED)
        ]
        checks = {
            name: check
            for name, member in shape.members.items()
            # A stream isn't read here.
            if not member.serialization.get("streaming")
            if (check := self._check(member)) is not None
        }
        if not required and not checks:
            return None

        def check_structure(value: Any, at: Path, found: list[Violation]) -> None:
            for name in required:
                if value.get(name) is None:
                    found.append(_missing((*at, name)))
            for name, given in value.items():
                if given is not None and (check := checks.get(name)) is not None:
                    check(given, (*at, name), found)

        return check_structure

    def _elements(self, shape: Any) -> Check | None:
        element = shape.member
        if not parts(element):
            own = constraints_of(self._service, element)
            return _each(shape, own, "Member must", list) if own else None
        check = self._check(element)
        if check is None:
            return None

        def check_elements(value: Any, at: Path, found: list[Violation]) -> None:
            for index, one in enumerate(value, start=1):
                if one is not None:
                    check(one, (*at, f"{index}.member"), found)

        return check_elements

    def _entries(self, shape: Any) -> Check | None:
        own = constraints_of(self._service, shape.key)
        of_keys = _each(shape, own, "Map keys must", list) if own else None
        if not parts(shape.value):
            own = constraints_of(self._service, shape.value)
            values = _each(shape, own, "Map value must", _values) if own else None
            return _both(of_keys, values)
        check = self._check(shape.value)
        if check is None:
            return of_keys

        def check_entries(value: Any, at: Path, found: list[Violation]) -> None:
            for key, one in value.items():
                if one is not None:
                    check(one, (*at, f"{key}.member"), found)

        return _both(of_keys, check_entries)


def _own(shape: Shape, constraints: Sequence[Constraint]) -> Check | None:
    if not constraints:
        return None
    # AWS reports a pattern first.
    ordered = sorted(constraints, key=lambda one: one.kind is not Kind.PATTERN)

    def check_value(value: Any, at: Path, found: list[Violation]) -> None:
        for one in ordered:
            if not one.keeps(value):
                text = written(value, shape)
                found.append(Violation((one.kind,), _path(at), at, text, one.sentence, value))

    return check_value


def _each(
    shape: Shape, constraints: Sequence[Constraint], who: str, elements: Callable[[Any], Any]
) -> Check:
    """AWS reports simple elements at their list, with everything that they have to keep."""
    sentence = f"{who} satisfy constraint: [{', '.join(one.sentence for one in constraints)}]"

    def check_each(value: Any, at: Path, found: list[Violation]) -> None:
        failed = {
            one.kind: element
            for element in elements(value)
            for one in constraints
            if element is not None and not one.keeps(element)
        }
        if failed:
            text, offender = written(value, shape), next(iter(failed.values()))
            found.append(Violation((*failed,), _path(at), at, text, sentence, offender))

    return check_each


def _values(value: Any) -> Any:
    return value.values()


def _both(first: Check | None, second: Check | None) -> Check | None:
    if first is None or second is None:
        return first or second

    def check_both(value: Any, at: Path, found: list[Violation]) -> None:
        first(value, at, found)
        second(value, at, found)

    return check_both


def _missing(at: Path) -> Violation:
    return Violation((Kind.REQUIRED,), _path(at), at, "null", NOT_NULL)


def _path(at: Path) -> str:
    return ".".join(lower_first(name) for name in at)
