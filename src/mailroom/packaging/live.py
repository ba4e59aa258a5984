"""The functions' code as one folder that an edit changes at once."""

from pathlib import Path

from mailroom.deployment.definitions import Code
from mailroom.packaging.dependencies import host_architecture, install_dependencies
from mailroom.packaging.sources import code_entries
from mailroom.project import Project


def live_code(project: Project) -> Code:
    """Dependencies and, as links, the sources: the folder that LocalStack reloads from.

    The bucket's name `hot-reload` is LocalStack's way of saying that the key is a folder.
    """
    folder = project.state / "build" / "live"
    install_dependencies(project, folder, architecture=None)
    _link(folder, code_entries(project))
    return Code("hot-reload", str(folder), host_architecture())


def _link(folder: Path, entries: dict[str, Path]) -> None:
    for link in folder.iterdir():
        if link.is_symlink() and entries.get(link.name) != link.readlink():
            link.unlink()
    for name, source in entries.items():
        link = folder / name
        if not link.is_symlink():
            link.symlink_to(source)
