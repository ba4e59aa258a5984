"""Which documents that one JSON Schema accepts another one refuses: what is narrower in it."""

from collections.abc import Callable, Iterator
from typing import Any

Schema = dict[str, Any]
Resolve = Callable[[str], Schema]

# They say nothing of what is valid.
_NOTES = frozenset({"title", "description", "default", "examples", "deprecated", "$comment"})
_LOWER = {"minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties"}
_UPPER = {"maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties"}
_STRUCTURE = frozenset(
    {"type", "properties", "required", "additionalProperties", "items", "enum", "const", "anyOf"}
)


class Comparison:
    """Compares schemas, of which the references of each are resolved in its own document."""

    def __init__(self, resolve_before: Resolve, resolve_after: Resolve) -> None:
        self._before, self._after = resolve_before, resolve_after
        self._open: list[tuple[str, str]] = []

    def narrower(self, before: Any, after: Any, path: str) -> Iterator[tuple[str, str]]:
        """Yield the path, and the reason, of each place where `after` refuses more than `before`.

        What can't be told apart by its structure, such as another pattern, counts as narrower.
        """
        pair = str(before), str(after)
        if pair in self._open:
            return
        self._open.append(pair)
        old, new = self._resolved(before, self._before), self._resolved(after, self._after)
        if "anyOf" in old or "anyOf" in new:
            yield from self._choices(old, new, path)
        else:
            yield from self._plain(old, new, path)
        self._open.pop()

    def _choices(self, old: Schema, new: Schema, path: str) -> Iterator[tuple[str, str]]:
        accepted = [self._resolved(one, self._after) for one in new.get("anyOf", [new])]
        for choice in old.get("anyOf", [old]):
            one = self._resolved(choice, self._before)
            refusals = [list(self.narrower(one, other, path)) for other in accepted]
            if [] in refusals:
                continue
            # The choice that is likest it, by its type, says best what is wrong.
            like = [
                refused
                for refused, other in zip(refusals, accepted, strict=True)
                if refused and other.get("type") == one.get("type")
            ]
            yield from like[0] if like else [(path, f"no longer takes {_named(one)}")]

    def _plain(self, old: Schema, new: Schema, path: str) -> Iterator[tuple[str, str]]:
        if gone := _types(old) - _types(new):
            yield path, f"no longer takes {', '.join(sorted(gone))}"
            return
        yield from _values(old, new, path)
        for key in sorted((old.keys() | new.keys()) - _STRUCTURE - _NOTES):
            if reason := _narrowed(key, old.get(key), new.get(key)):
                yield path, reason
        if "properties" in old or "properties" in new:
            yield from self._members(old, new, path)
        yield from self._others(old, new, path)
        yield from self.narrower(old.get("items", {}), new.get("items", {}), f"{path}[]")

    def _members(self, old: Schema, new: Schema, path: str) -> Iterator[tuple[str, str]]:
        before, after = old.get("properties", {}), new.get("properties", {})
        required = set(new.get("required", [])) - set(old.get("required", []))
        for name in before | after:
            place = f"{path}.{name}".lstrip(".")
            if name in required:
                new_or_not = "is now required" if name in before else "is new and required"
                yield place, new_or_not
            if name in before and name in after:
                yield from self.narrower(before[name], after[name], place)
            elif name in before and _closed(new):
                yield place, "is gone, and refused as an unknown field"

    def _others(self, old: Schema, new: Schema, path: str) -> Iterator[tuple[str, str]]:
        before, after = (one.get("additionalProperties", True) for one in (old, new))
        if before is False:
            return
        if after is False:
            yield path, "no longer takes other fields"
        else:
            yield from self.narrower(before, after, f"{path}.*")

    def _resolved(self, schema: Any, resolve: Resolve) -> Schema:
        found: Schema = schema if isinstance(schema, dict) else {}
        if "$ref" not in found:
            return found
        rest = {key: value for key, value in found.items() if key != "$ref"}
        return {**self._resolved(resolve(found["$ref"]), resolve), **rest}


def _types(schema: Schema) -> set[str]:
    """The types that a schema takes; an integer is a number."""
    given = schema.get("type")
    if given is None:
        listed = schema.get("enum", [schema["const"]] if "const" in schema else [])
        if listed and all(isinstance(one, str) for one in listed):
            return {"string"}
        return {"array", "boolean", "integer", "null", "number", "object", "string"}
    types = {given} if isinstance(given, str) else set(given)
    return types | {"integer"} if "number" in types else types


def _values(old: Schema, new: Schema, path: str) -> Iterator[tuple[str, str]]:
    before = old.get("enum", [old["const"]] if "const" in old else None)
    after = new.get("enum", [new["const"]] if "const" in new else None)
    if after is None:
        return
    if before is None:
        yield path, f"takes nothing but {', '.join(map(str, after))} now"
    elif gone := [one for one in before if one not in after]:
        yield path, f"no longer takes {', '.join(map(str, gone))}"


def _narrowed(key: str, before: Any, after: Any) -> str | None:
    if before == after or after is None:
        return None
    if before is None:
        return f"{key} is {after} now"
    wider = (key in _LOWER and after < before) or (key in _UPPER and after > before)
    return None if wider else f"{key} is {after} now, and was {before}"


def _closed(schema: Schema) -> bool:
    return schema.get("additionalProperties", True) is False


def _named(schema: Schema) -> str:
    return str(schema.get("type") or schema.get("enum") or schema.get("const") or "some values")
