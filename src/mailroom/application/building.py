"""Builds the code of functions and layers, as `sam build` does: live or for a zip."""

import shutil
from pathlib import Path

from mailroom.application.application_template import Code
from mailroom.errors import MailroomError, Refused
from mailroom.packaging.code import link_entries
from mailroom.packaging.dependencies import InstallationFailed, install_requirements
from mailroom.packaging.nodes import install_packages, needs_packages
from mailroom.packaging.runtimes import NODE_RUNTIMES, PYTHON_RUNTIMES, interpreter
from mailroom.project import Project

_REQUIREMENTS = "requirements.txt"


def build(project: Project, code: Code, folder: Path, architecture: str | None) -> Path:
    """Install what the code requires, and link its sources beside that.

    Args:
        project: The application.
        code: A function or layer with a folder.
        folder: Where to build.
        architecture: Linux wheels for this Lambda architecture, or None for the host's own.

    Returns:
        The built folder: the code's own if nothing has to be built.

    Raises:
        MailroomError: A package could not be installed.
        Refused: A source has the name of an installed package.
    """
    assert code.folder
    if code.folder.is_file():
        return code.folder
    inner = folder / _inner(code) if code.is_layer else folder
    installed = _install(project, code, inner, architecture)
    if not installed and code.is_layer:
        # Without a BuildMethod the folder is the layer.
        return folder if code.runtime and _link(code.folder, inner) else code.folder
    # The application's own folder also has the state, and what git and editors keep.
    if not installed and code.folder not in (project.root, *project.root.parents):
        return code.folder
    _link(code.folder, inner)
    return folder


def _inner(code: Code) -> str:
    """Where in a layer a runtime looks.

    https://docs.aws.amazon.com/lambda/latest/dg/packaging-layers.html
    """
    return "nodejs" if (code.runtime or "").startswith("nodejs") else "python"


def _install(project: Project, code: Code, folder: Path, architecture: str | None) -> bool:
    """Install the code's requirements; returns whether it has any."""
    assert code.folder
    if code.runtime in NODE_RUNTIMES and needs_packages(code.folder):
        install_packages(code.folder, folder)
        return True
    requirements = code.folder / _REQUIREMENTS
    if code.runtime not in PYTHON_RUNTIMES or not _has_content(requirements):
        return False
    python = interpreter(project, code.runtime)
    try:
        install_requirements(project.uv, python, requirements, folder, architecture)
    except InstallationFailed as error:
        raise MailroomError(
            f"the requirements of {code.logical_id} could not be installed", str(error)
        ) from error
    return True


def _has_content(requirements: Path) -> bool:
    if not requirements.is_file():
        return False
    lines = (line.strip() for line in requirements.read_text().splitlines())
    return any(line and not line.startswith("#") for line in lines)


def _link(source: Path, folder: Path) -> bool:
    """Link what is in a folder of sources into a built one, hidden files apart."""
    folder.mkdir(parents=True, exist_ok=True)
    entries = {
        path.name: path
        for path in source.iterdir()
        if not path.name.startswith(".") and path.name not in ("__pycache__", "node_modules")
    }
    installed = {path.name for path in folder.iterdir() if not path.is_symlink()}
    for name in sorted(installed & set(entries)):
        # npm was given a copy of these.
        if not name.startswith("package"):
            raise Refused(
                f"{entries[name]} has the name of an installed package",
                "rename it, or the requirement",
            )
        del entries[name]
    link_entries(entries, folder)
    return True


def forget_others(builds: Path, kept: set[str]) -> None:
    """Remove the builds of functions and layers that are no longer in the template."""
    if builds.is_dir():
        for folder in builds.iterdir():
            if folder.name not in kept:
                shutil.rmtree(folder, ignore_errors=True)
