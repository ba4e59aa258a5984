"""YAML and JSON files with the lines of their content."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq, TaggedScalar
from ruamel.yaml.error import MarkedYAMLError

from mailroom.checking.finding import Location
from mailroom.errors import Refused
from mailroom.interrupts import postponed

Key = str | int
Place = tuple[Key, ...]


@dataclass(frozen=True)
class Source:
    """A parsed file.

    Attributes:
        file: Path from the checkout's root.
        text: Its content.
        root: Its content as ruamel.yaml's nodes.
    """

    file: str
    text: str
    root: Any

    @classmethod
    def load(cls, path: Path, root: Path) -> "Source":
        """Read a file.

        Raises:
            Refused: It is missing, or it is neither YAML nor JSON.
        """
        file = path.relative_to(root).as_posix() if path.is_relative_to(root) else path.name
        try:
            text = path.read_text()
        except (OSError, UnicodeDecodeError) as error:
            raise Refused(f"{file} can't be read: {error}") from error
        # JSON may be indented by tabs, YAML may not; JSON has no raw tabs in its strings.
        return cls.parse(text.replace("\t", " ") if path.suffix == ".json" else text, file)

    @classmethod
    def parse(cls, text: str, file: str) -> "Source":
        """Read a text.

        Raises:
            Refused: It is neither YAML nor JSON.
        """
        try:
            with postponed():
                nodes = YAML().load(text)
        except MarkedYAMLError as error:
            line = error.problem_mark.line + 1 if error.problem_mark else 1
            raise Refused(f"{file}:{line}: {error.problem}") from error
        return cls(file, text, nodes)

    @cached_property
    def plain(self) -> Any:
        """The content as dicts, lists and scalars, with CloudFormation's tags written out."""
        return _plain(self.root)

    @cached_property
    def lines(self) -> list[str]:
        return self.text.splitlines()

    def at(self, place: Sequence[Key]) -> Location:
        """The line of a place, or of the nearest that encloses it."""
        node, line = self.root, 1
        for key in place:
            found = _step(node, key)
            if found is None:
                # A tag (`!If`) stands where the long form has a key of its own.
                if isinstance(key, str) and (key.startswith("Fn::") or key == "Ref"):
                    continue
                break
            node, line = found
        return Location(self.file, line)

    def has(self, place: Sequence[Key]) -> bool:
        """Whether the file itself has this place."""
        node = self.root
        for key in place:
            found = _step(node, key)
            if found is None:
                return False
            node = found[0]
        return True

    def end(self, place: Sequence[Key]) -> int:
        """The last line of a place's content that has a key or an item."""
        node = self.root
        for key in place:
            found = _step(node, key)
            if found is not None:
                node = found[0]
        return max([self.at(place).line, *_node_lines(node)])


def _step(node: Any, key: Key) -> tuple[Any, int] | None:
    if isinstance(node, CommentedMap) and key in node:
        return node[key], _key_line(node, key)
    if isinstance(node, CommentedSeq) and isinstance(key, int) and key < len(node):
        return node[key], _item_line(node, key)
    return None


def _key_line(node: CommentedMap, key: Any) -> int:
    # What `<<` merges in stands elsewhere.
    merged = key not in (node.lc.data or {})
    line: int = node.lc.line if merged else node.lc.key(key)[0]
    return line + 1


def _item_line(node: CommentedSeq, index: int) -> int:
    # A list with a tag (`!If [a, b]`) knows its own line, and not its items'.
    line: int = node.lc.item(index)[0] if node.lc.data else node.lc.line
    return line + 1


def _node_lines(node: Any) -> Iterator[int]:
    if isinstance(node, CommentedMap):
        for key, value in node.items():
            yield _key_line(node, key)
            yield from _node_lines(value)
    elif isinstance(node, CommentedSeq):
        for index, value in enumerate(node):
            yield _item_line(node, index)
            yield from _node_lines(value)


def _plain(node: Any) -> Any:
    tag = getattr(getattr(node, "tag", None), "value", None)
    if isinstance(node, TaggedScalar):
        return _long_form(tag or "", node.value)
    if isinstance(node, CommentedMap):
        value: Any = {str(key): _plain(item) for key, item in node.items()}
    elif isinstance(node, CommentedSeq):
        value = [_plain(item) for item in node]
    elif node is None or isinstance(node, bool):
        return node
    elif isinstance(node, int | float):
        return int(node) if isinstance(node, int) else float(node)
    else:
        return str(node)
    return _long_form(tag, value) if tag and tag.startswith("!") else value


def _long_form(tag: str, value: Any) -> Any:
    name = tag.removeprefix("!")
    if name in ("Ref", "Condition"):
        return {name: value}
    if name == "GetAtt" and isinstance(value, str):
        return {"Fn::GetAtt": value.split(".", 1)}
    return {f"Fn::{name}": value}
