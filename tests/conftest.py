"""Options that every kind of test shares."""

from pathlib import Path

import pytest

# Beginnings of tests' paths, the slowest first.
SLOWEST = (
    *("integration/test_rehearsal.py", "integration/test_environment.py"),
    *("integration/test_running_environment.py", "compose", "integration", "console", "parity"),
)
FOR_PARITY = ("localstack", "ministack", "aws")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--stack",
        choices=["embedded", "compose", "attach", *FOR_PARITY],
        default="embedded",
        help="what the integration tests run against: an embedded environment of their own, "
        "one of their own in containers, or the environment of this checkout that is already up; "
        "tests/parity runs on other engines too, and on AWS",
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Only tests/parity can run on another engine than Mailroom's."""
    stack = config.getoption("--stack")
    parity = Path(__file__).parent / "parity"
    if stack in FOR_PARITY and any(parity not in item.path.parents for item in items):
        raise pytest.UsageError(f"--stack={stack} is for tests/parity alone")
    for item in items:
        item.add_marker(pytest.mark.xdist_group(_group(item.path)))
    if hasattr(config, "workerinput"):
        items.sort(key=lambda item: _turn(item.path))


def _group(path: Path) -> str:
    """The tests that one of several processes runs, in their order.

    A folder's tests share an environment, so another order would be another test. Unit tests, and
    the slowest files, need none.
    """
    named = path.relative_to(Path(__file__).parent)
    alone = named.parts[0] == "unit" or named.as_posix() in SLOWEST
    return named.as_posix() if alone else named.parts[0]


def _turn(path: Path) -> int:
    """When a process takes a file's tests: the small ones come last, and fill what time is left."""
    named = path.relative_to(Path(__file__).parent).as_posix()
    return next((n for n, begin in enumerate(SLOWEST) if named.startswith(begin)), len(SLOWEST))
