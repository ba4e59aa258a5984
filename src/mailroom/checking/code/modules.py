"""The modules of the functions' code, read without running them."""

import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

from mailroom.errors import Refused

_LAMBDA = (3, 13)


@dataclass(frozen=True)
class Module:
    """A Python file of the functions."""

    path: Path
    tree: ast.Module

    @cached_property
    def words(self) -> set[str]:
        """Every name, attribute and string in it."""
        return {word for node in ast.walk(self.tree) for word in _words(node)}

    def line_of(self, function: str) -> int | None:
        """The line that defines a name at the top level."""
        for node in self.tree.body:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                names = [node.name]
            elif isinstance(node, ast.Assign):
                names = [target.id for target in node.targets if isinstance(target, ast.Name)]
            elif isinstance(node, ast.ImportFrom):
                names = [alias.asname or alias.name for alias in node.names]
            else:
                names = []
            if function in names:
                return node.lineno
        return None


@cache
def _parse(path: Path, modified: int) -> Module | None:
    try:
        return Module(path, ast.parse(path.read_text()))
    except (SyntaxError, ValueError) as error:
        # A defect of the code is for its tests; what this Python can't read must not pass.
        if sys.version_info < _LAMBDA:
            own = f"{sys.version_info.major}.{sys.version_info.minor}"
            raise Refused(
                f"Python {own} cannot read {path}: {error}",
                "run mailroom with Python 3.13, which the functions are written for",
            ) from error
        return None


def module_at(functions: Path, dotted: str) -> Module | None:
    """The module of a dotted name, if the functions' folder has it and it parses."""
    stem = functions.joinpath(*dotted.split("."))
    for path in (stem.with_suffix(".py"), stem / "__init__.py"):
        if path.is_file():
            return _parse(path, path.stat().st_mtime_ns)
    return None


def reachable(functions: Path, dotted: str) -> list[Module]:
    """A module and all of the functions' own modules that it imports, directly or not."""
    found: dict[str, Module] = {}
    waiting = [dotted]
    while waiting:
        name = waiting.pop()
        module = module_at(functions, name)
        if module and name not in found:
            found[name] = module
            waiting += _imports(module.tree)
    return list(found.values())


def message_types(functions: Path) -> list[str]:
    """The names of the message types: the folders of functions/message_types."""
    return sorted(file.parent.name for file in (functions / "message_types").glob("*/__init__.py"))


def _imports(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _words(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Name):
        yield node.id
    elif isinstance(node, ast.Attribute):
        yield node.attr
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.alias):
        yield node.name
