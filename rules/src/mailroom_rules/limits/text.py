"""How AWS writes a value into an error: as Java does."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from botocore.model import Shape


def lower_first(name: str) -> str:
    """The name of a member as it stands in a path."""
    return name[:1].lower() + name[1:]


def written(value: Any, shape: Shape) -> str | None:
    """A value in quotation marks; None if the model calls it, or a part of it, sensitive."""
    return None if _is_sensitive(shape) else f"'{_written(value, shape)}'"


def _written(value: Any, shape: Shape) -> str:
    if value is None:
        return "null"
    if shape.type_name == "structure" and isinstance(value, Mapping):
        members = (
            f"{lower_first(name)}={_written(value.get(name), member)}"
            for name, member in shape.members.items()  # type: ignore[attr-defined]
        )
        return f"{shape.name}({', '.join(members)})"
    if shape.type_name == "list" and isinstance(value, list):
        element = shape.member  # type: ignore[attr-defined]
        return f"[{', '.join(_written(one, element) for one in value)}]"
    if shape.type_name == "map" and isinstance(value, Mapping):
        of_value = shape.value  # type: ignore[attr-defined]
        entries = (f"{key}={_written(one, of_value)}" for key, one in value.items())
        return f"{{{', '.join(entries)}}}"
    return str(value)


def _is_sensitive(shape: Shape, above: frozenset[str] = frozenset()) -> bool:
    if shape.metadata.get("sensitive"):
        return True
    if shape.name in above:
        return False
    above |= {shape.name}
    return any(_is_sensitive(part, above) for part in parts(shape))


def parts(shape: Shape) -> list[Shape]:
    """The shapes that a shape is made of."""
    match shape.type_name:
        case "structure":
            return list(shape.members.values())  # type: ignore[attr-defined]
        case "list":
            return [shape.member]  # type: ignore[attr-defined]
        case "map":
            return [shape.key, shape.value]  # type: ignore[attr-defined]
    return []
