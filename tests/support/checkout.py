"""A checkout of a test's own, in which files may be broken."""

import shutil
import uuid
from collections.abc import Mapping
from pathlib import Path

from mailroom.project import Project

_PARTS = (
    *(".dockerignore", "docker-compose.yml", "emulator", "functions", "infra", "rules"),
    *("samples", "src"),
)


def copy_checkout(
    project: Project, folder: Path, variables: Mapping[str, str], name: str | None = None
) -> Project:
    """A copy of what containers are made of.

    Args:
        project: The checkout to copy.
        folder: Where the copy goes.
        variables: Content of its .env.
        name: Name of the copy's folder; one that no other has if None.
    """
    root = folder / (name or f"mailroom-test-{uuid.uuid4().hex[:8]}")
    root.mkdir(parents=True)
    for part in _PARTS:
        source = project.root / part
        if source.is_dir():
            skipped = shutil.ignore_patterns("__pycache__", "*.egg-info")
            shutil.copytree(source, root / part, ignore=skipped)
        else:
            shutil.copy(source, root / part)
    (root / ".envs").symlink_to(project.root / ".envs")
    (root / ".env").write_text("".join(f"{name}={value}\n" for name, value in variables.items()))
    return Project(root, root / ".mailroom")
