"""The functions' code as one folder that an edit changes at once."""

from pathlib import Path

from mailroom.deployment.deploy import Code
from mailroom.packaging.dependencies import host_architecture, install_dependencies
from mailroom.packaging.sources import code_entries
from mailroom.project import Project


def live_code(project: Project) -> Code:
    """Dependencies and, as links, the sources: the folder that LocalStack reloads from.

    The bucket's name `hot-reload` is LocalStack's way of saying that the key is a folder.
    """
    folder = project.state / "build" / "live"
    install_dependencies(project, folder, architecture=None)
    return link_sources(project, folder)


def link_sources(project: Project, folder: Path) -> Code:
    """The code in a folder that holds the dependencies already: links to the sources are added."""
    entries = code_entries(project)
    for link in folder.iterdir():
        if link.is_symlink() and entries.get(link.name) != link.readlink():
            link.unlink()
    for name, source in entries.items():
        link = folder / name
        if not link.is_symlink():
            link.symlink_to(source)
    return Code("hot-reload", str(folder), host_architecture())
