"""The functions' code as `up` deploys it: live, or packaged as it goes to AWS."""

import platform
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from mailroom.errors import Refused
from mailroom.locks import locked
from mailroom.packaging.dependencies import host_architecture, install_dependencies
from mailroom.project import Project

if TYPE_CHECKING:
    import boto3

# The bucket's name that tells LocalStack that the key is a folder.
RELOADED = "hot-reload"


@dataclass(frozen=True)
class Code:
    """The functions' code: its bucket and key, and its architecture."""

    bucket: str
    key: str
    architecture: str

    @property
    def parameters(self) -> dict[str, str]:
        """The template parameters that name it."""
        return {
            "CodeBucket": self.bucket,
            "CodeKey": self.key,
            "Architecture": self.architecture,
        }


def live_code(project: Project) -> Code:
    """A folder of the dependencies and, as links, the sources. LocalStack reloads it on changes."""
    folder = project.state / "build" / "live"
    install_dependencies(project, folder, architecture=None)
    return link_sources(project, folder)


def link_sources(project: Project, folder: Path) -> Code:
    """Link the sources into a folder of the dependencies."""
    link_entries(project.code_entries, folder)
    return Code(RELOADED, str(folder), host_architecture())


def link_entries(entries: Mapping[str, Path], folder: Path) -> None:
    """Link files and folders by name into a folder; links to anything else are removed."""
    with locked(folder.parent):
        for link in folder.iterdir():
            if link.is_symlink() and entries.get(link.name) != link.readlink():
                link.unlink()
        for name, source in entries.items():
            link = folder / name
            if not link.is_symlink():
                link.symlink_to(source)


def package_for_this_machine(project: Project) -> Path:
    """Make the zip that would go to AWS, for this machine's architecture.

    Raises:
        Refused: This machine does not run Linux, for which the zip's wheels are built.
    """
    # Here, because few commands make a zip, and its modules take 30 ms to import.
    from mailroom.packaging.archive import build_archive

    if platform.system() != "Linux":
        raise Refused(
            "the package holds Linux wheels, which do not run on this system",
            "leave out --packaged",
        )
    return build_archive(project, host_architecture())


def upload(archive: Path, architecture: str, session: "boto3.Session", bucket: str) -> Code:
    """Upload a package to a bucket, and create the bucket if it is missing."""
    s3 = session.client("s3")
    s3.create_bucket(Bucket=bucket)
    s3.upload_file(str(archive), bucket, archive.name)
    return Code(bucket, archive.name, architecture)
