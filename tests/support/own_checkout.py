"""Fixtures of a checkout of one test's own, and the command in it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from mailroom.environments.ports import free_port
from mailroom.project import Project
from tests.support.checkout import copy_checkout
from tests.support.command import Command


@pytest.fixture
def copy(tmp_path: Path) -> Project:
    """A checkout of the test's own."""
    return copy_checkout(Project.find(), tmp_path, {})


@pytest.fixture
def mailroom(copy: Project) -> Iterator[Command]:
    """The command in that checkout."""
    command = Command(copy.root, copy.state, free_port())
    yield command
    command.run("reset", "--yes")
