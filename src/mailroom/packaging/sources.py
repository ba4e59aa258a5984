"""What of the checkout goes into the functions' code."""

from pathlib import Path

from mailroom.project import Project


def code_entries(project: Project) -> dict[str, Path]:
    """The top level of the functions' code without its dependencies: name → file or folder."""
    packages = {
        path.parent.name: path.parent for path in sorted(project.functions.glob("*/__init__.py"))
    }
    return {**packages, "migrations": project.migrations}
