"""The plugin's packages import each other in one direction."""

import ast
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

PACKAGE = "mailroom_localstack"
ROOT = Path(__file__).parents[3] / "emulator" / "plugin" / "src" / PACKAGE
# What each part may import, besides itself. A module of the top is a part by its own name.
MAY_IMPORT = {
    "__main__": {"change_table", "patches"},
    "hooks": {"durability", "observation", "patches", "service_call"},
    "services": {
        *("batcher", "durability", "executor", "iam", "metric_records", "observation"),
        *("patches", "queue_counts", "queue_state", "service_call", "startup"),
    },
    "iam": {"batcher", "observation", "service_call"},
    "validation": {"observation", "service_call"},
    "observation": {"service_call"},
    "gateway": {"loopback"},
    "executor": {"debug", "loopback"},
    "debug": {"loopback"},
    "startup": {"patches"},
    "change_table": {"patches"},
    "patches": set(),
    "metric_records": {"batcher"},
    "durability": {"batcher"},
    "queue_counts": set(),
    "queue_state": set(),
    "batcher": set(),
    "loopback": set(),
    "service_call": set(),
}
MAXIMUM_LINES, MAXIMUM_FILES = 250, 15


def test_parts_import_only_what_is_below_them() -> None:
    found = {
        (part, imported)
        for part, imported in imports_between_parts()
        if imported != part and imported not in MAY_IMPORT.get(part, set())
    }

    assert found == set()


def test_the_rules_have_no_circle_and_name_every_part() -> None:
    parts = {path.stem for path in ROOT.iterdir() if path.suffix == ".py" or path.is_dir()}

    assert set(MAY_IMPORT) == parts - {"__init__", "__pycache__"}
    assert tuple(TopologicalSorter(MAY_IMPORT).static_order())


def test_no_service_imports_another() -> None:
    for path in (ROOT / "services").rglob("*.py"):
        own = path.relative_to(ROOT / "services").parts[0]
        for module in imported_modules(path):
            if module.startswith(f"{PACKAGE}.services."):
                assert module.split(".")[2] == own, path


def test_files_and_folders_are_small() -> None:
    for path in ROOT.rglob("*.py"):
        assert len(path.read_text().splitlines()) <= MAXIMUM_LINES, path
        assert len(list(path.parent.glob("*.py"))) <= MAXIMUM_FILES, path.parent


def imports_between_parts() -> Iterator[tuple[str, str]]:
    for path in ROOT.rglob("*.py"):
        part = path.relative_to(ROOT).parts[0].removesuffix(".py")
        for module in imported_modules(path):
            if module.startswith(f"{PACKAGE}."):
                yield part, module.split(".")[1]


def imported_modules(path: Path) -> Iterator[str]:
    """The modules that a file imports, wherever the import stands."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module == PACKAGE:
            yield from (f"{PACKAGE}.{name.name}" for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
