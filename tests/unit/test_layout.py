"""The layout of CONTRIBUTING.md's map: who may import whom, and how large files and folders are."""

import ast
import re
import sys
from collections import Counter
from collections.abc import Iterator
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
WINGS = {
    "functions": ROOT / "functions",
    "rules": ROOT / "rules" / "src",
    "plugin": ROOT / "emulator" / "plugin" / "src",
    "toolbox": ROOT / "src",
}
PACKAGES = {
    "functions": {
        "message_types",
        "messages",
        "migrate_database",
        "process_messages",
        "publish_messages",
        "shared",
    },
    "rules": {"mailroom_rules"},
    "plugin": {"mailroom_localstack"},
    "toolbox": {"mailroom"},
}
# Each wing may import itself and these of Mailroom's own packages.
ALLOWED_WINGS: dict[str, set[str]] = {
    "functions": set(),
    "rules": set(),
    "plugin": {"mailroom_rules"},
    "toolbox": {"mailroom_rules"},
}
# LocalStack brings these along.
OF_LOCALSTACK = {
    *(
        "antlr4",
        "boto3",
        "botocore",
        "httptools",
        "jsonata",
        "jsonpath_ng",
        "localstack",
        "moto",
        "plux",
    ),
    *("psutil", "rolo", "werkzeug", "yaml"),
}
# Modules that every room of the toolbox may import. They import no room.
BASE = {
    *("errors", "interrupts", "invocation", "local_http", "locks", "progress", "project"),
    *("temporary", "waiting", "wording"),
}
# Each room of the toolbox, and the rooms that it may import.
# `environments.environment` is how to reach an environment, whatever kind it is.
ROOMS: dict[str, set[str]] = {
    "access": {"environments.environment"},
    "application": {"checking", "deployment", "packaging"},
    "aws": set(),
    "checking": {"deployment", "packaging", "types"},
    "cli": {
        *("access", "aws", "checking", "console", "database", "dead_letters", "debugging"),
        *("deployment", "doctor", "environments", "environments.environment", "executions"),
        *("logs", "packaging", "permissions", "promotion", "rehearsal", "tracing", "types"),
        *("estimating", "load", "workflow"),
    },
    "console": {
        *("aws", "dead_letters", "environments", "environments.environment", "executions"),
        *("logs", "observation", "permissions", "promotion", "tracing", "workflow"),
    },
    "database": {"environments.environment"},
    "dead_letters": {"environments.environment", "workflow"},
    "debugging": {"environments"},
    "deployment": {"aws"},
    "doctor": {"environments", "packaging"},
    "environments": {
        *("application", "aws", "database", "deployment", "environments.environment"),
        *("packaging", "types"),
    },
    "environments.environment": {"aws", "deployment"},
    "estimating": {"checking", "deployment", "environments.environment", "observation"},
    "executions": {"logs"},
    "load": {
        *("environments", "environments.environment", "estimating", "executions"),
        *("observation", "types", "workflow"),
    },
    "logs": set(),
    "observation": set(),
    "packaging": set(),
    "permissions": set(),
    "promotion": {
        *("aws", "database", "deployment", "environments", "environments.environment"),
        *("executions", "packaging", "types"),
    },
    "rehearsal": {"aws", "database", "deployment", "environments", "promotion"},
    "testing": {
        *("aws", "dead_letters", "environments", "environments.environment", "executions"),
        *("logs", "workflow"),
    },
    "tracing": {"environments.environment", "executions", "logs", "observation", "workflow"},
    "types": {"environments.environment", "packaging", "workflow"},
    "workflow": {"environments.environment", "executions", "packaging"},
}
FUNCTION_PACKAGES: dict[str, set[str]] = {
    "messages": set(),
    "message_types": {"messages"},
    "shared": set(),
    # It tries the statements of ingestion on the tables that it has made.
    "migrate_database": {"messages", "process_messages", "shared"},
    "process_messages": {"messages", "shared"},
    "publish_messages": {"messages", "shared"},
}
MOST_LINES = 250
MOST_FILES = 15
MOST_OF_ONE_NAME = 3


@cache
def modules(wing: str) -> dict[str, Path]:
    """A wing's files by module name."""
    found = {}
    for file in WINGS[wing].rglob("*.py"):
        parts = file.relative_to(WINGS[wing]).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = file
    return {name: file for name, file in found.items() if name}


@cache
def imports(wing: str, module: str) -> frozenset[str]:
    """What a module imports at run time, inside its functions too; not under TYPE_CHECKING."""
    tree = ast.parse(modules(wing)[module].read_text())
    return frozenset(_imported(tree, set(modules(wing))))


def _imported(node: ast.AST, known: set[str]) -> Iterator[str]:
    if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
        return
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    if isinstance(node, ast.ImportFrom):
        assert node.module, "relative imports aren't used"
        for alias in node.names:
            full = f"{node.module}.{alias.name}"
            yield full if full in known else node.module
    for child in ast.iter_child_nodes(node):
        yield from _imported(child, known)


def top_levels(wing: str) -> dict[str, set[str]]:
    """The top-level packages that each module imports, other than the wing's own."""
    return {
        module: {name.partition(".")[0] for name in imports(wing, module)} - PACKAGES[wing]
        for module in modules(wing)
    }


@pytest.mark.parametrize("wing", WINGS)
def test_a_wing_imports_only_the_wings_that_it_may(wing: str) -> None:
    others = set().union(*PACKAGES.values()) - PACKAGES[wing] - ALLOWED_WINGS[wing]

    wrong = {
        module: found for module, names in top_levels(wing).items() if (found := names & others)
    }

    assert wrong == {}


@pytest.mark.parametrize(("wing", "allowed"), [("rules", set()), ("plugin", OF_LOCALSTACK)])
def test_rules_need_the_standard_library_alone_and_the_plugin_localstack(
    wing: str, allowed: set[str]
) -> None:
    known = set(sys.stdlib_module_names) | allowed | ALLOWED_WINGS[wing]

    wrong = {
        module: found for module, names in top_levels(wing).items() if (found := names - known)
    }

    assert wrong == {}


def room(module: str) -> str:
    """The room of a module of the toolbox."""
    if module == "mailroom.environments.environment":
        return "environments.environment"
    return module.partition(".")[2].partition(".")[0]


def test_each_room_of_the_toolbox_imports_only_the_rooms_that_it_may() -> None:
    arrows = {
        (room(module), room(name), module)
        for module in modules("toolbox")
        for name in imports("toolbox", module)
        if name.startswith("mailroom.") and room(module)
    }

    wrong = [
        arrow
        for arrow in sorted(arrows)
        if arrow[0] != arrow[1]
        and arrow[1] not in BASE
        and arrow[1] not in ROOMS.get(arrow[0], set())
    ]

    assert wrong == []


def test_the_list_of_rooms_names_no_arrow_that_is_not_there_and_has_no_circle() -> None:
    used = {
        (room(module), room(name))
        for module in modules("toolbox")
        for name in imports("toolbox", module)
        if name.startswith("mailroom.")
    }

    assert {(a, b) for a, allowed in ROOMS.items() for b in allowed} <= used
    assert len(list(TopologicalSorter(ROOMS).static_order())) == len(ROOMS)


def test_each_package_of_the_functions_imports_only_the_packages_that_it_may() -> None:
    wrong = [
        (module, name)
        for module in modules("functions")
        for name in imports("functions", module)
        if (there := name.partition(".")[0]) in PACKAGES["functions"]
        and (here := module.partition(".")[0]) != there
        and there not in FUNCTION_PACKAGES[here]
    ]

    assert wrong == []


@pytest.mark.parametrize("wing", WINGS)
def test_no_modules_import_each_other_in_a_circle(wing: str) -> None:
    graph = {
        module: {name for name in imports(wing, module) if name in modules(wing)} - {module}
        for module in modules(wing)
    }

    order = list(TopologicalSorter(graph).static_order())

    assert len(order) == len(modules(wing))


def product_files() -> list[Path]:
    return [file for wing in WINGS for file in modules(wing).values()]


def test_no_file_is_too_long() -> None:
    lengths = {file: len(file.read_text().splitlines()) for file in product_files()}

    assert {file: lines for file, lines in lengths.items() if lines > MOST_LINES} == {}


def test_no_folder_has_too_many_files() -> None:
    counts = Counter(file.parent for file in product_files() if file.stem != "__init__")

    assert {folder: count for folder, count in counts.items() if count > MOST_FILES} == {}


def test_no_name_is_given_to_too_many_files() -> None:
    names = Counter(file.name for file in product_files() if not re.match("__", file.name))

    assert {name: count for name, count in names.items() if count > MOST_OF_ONE_NAME} == {}
