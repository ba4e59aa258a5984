"""Sorts this machine's containers by checkout, by the label with the checkout's folder.

The label is the working directory of Compose when it created the container. A project's name is
not enough: two checkouts may have the same one.
"""

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

_LABEL = "com.docker.compose"
_SERVICES = ("localstack", "postgres")
# The folder is last, as it may contain any character.
_COLUMNS = (
    "{{.ID}}",
    "{{.Names}}",
    f'{{{{.Label "{_LABEL}.project"}}}}',
    f'{{{{.Label "{_LABEL}.service"}}}}',
    f'{{{{.Label "{_LABEL}.project.working_dir"}}}}',
)
LISTING = (
    *("docker", "ps", "--all", "--filter", f"label={_LABEL}.project.working_dir"),
    *("--format", "\t".join(_COLUMNS)),
)


@dataclass(frozen=True)
class Listed:
    """A container of Compose, of any checkout.

    Attributes:
        id: The first twelve digits of its id.
        name: Its name.
        project: Its Compose project.
        service: Its service.
        folder: The working directory of Compose.
    """

    id: str
    name: str
    project: str
    service: str
    folder: Path


@dataclass(frozen=True)
class Containers:
    """The containers of Compose on this machine, sorted for one checkout.

    Attributes:
        ours: Those of the checkout.
        others: Those of other folders.
    """

    ours: list[Listed]
    others: list[Listed]

    @property
    def projects(self) -> list[str]:
        """The Compose projects that the checkout has containers in."""
        return sorted({container.project for container in self.ours})

    def sharers(self, project: str) -> list[Path]:
        """The other folders that have containers in a Compose project."""
        return sorted({other.folder for other in self.others if other.project == project})

    def other_checkouts(self, folder_name: str) -> dict[Path, list[Listed]]:
        """Other checkouts' containers by checkout.

        Args:
            folder_name: Name of this checkout's folder, and of the project in earlier versions.
        """
        found: dict[Path, list[Listed]] = {}
        for other in self.others:
            theirs = other.project.startswith("mailroom-") and other.service in _SERVICES
            if theirs or other.project in (*self.projects, earlier_name(folder_name)):
                found.setdefault(other.folder, []).append(other)
        return found


def sort_out(listing: str, root: Path, name: str | None) -> Containers:
    """Sort containers into a checkout's own and others.

    Args:
        listing: The output of `LISTING`.
        root: The checkout's folder.
        name: The checkout's project; None for all except those of other folders of state.
    """
    listed = [_parse(line) for line in listing.splitlines() if line]
    here = root.resolve()
    ours, others = [], []
    for container in listed:
        if container.folder.resolve() != here:
            others.append(container)
        elif container.project == name or (
            name is None and not _of_another_state(container.project, root)
        ):
            ours.append(container)
    return Containers(ours, others)


def checkout_name(root: Path) -> str:
    """The project's name by `mailroom`: the folder's, and a digest of the path.

    The digest makes it the checkout's alone; 20 letters of the folder's name make it readable.
    """
    digest = hashlib.sha256(str(root.resolve()).encode()).hexdigest()[:8]
    return f"mailroom-{_normalized(root.name)[:20] or 'checkout'}-{digest}"


def path_name(root: Path) -> str:
    """The project's name by `docker compose` alone: `name:` of docker-compose.yml.

    Compose leaves out what a name may not have, so /a/bc and /ab/c have the same.
    """
    return _normalized(f"mailroom-{root}")


def earlier_name(folder_name: str) -> str:
    """The name that Compose chose before docker-compose.yml had one: the folder's."""
    return _normalized(folder_name)


def state_name(state: Path) -> str:
    """The project's name with another folder of state than the default."""
    return f"mailroom-{hashlib.sha256(str(state).encode()).hexdigest()[:8]}"


def _of_another_state(project: str, root: Path) -> bool:
    return bool(re.fullmatch(r"mailroom-[0-9a-f]{8}", project)) and project != path_name(root)


def _normalized(name: str) -> str:
    """As Compose does it. https://github.com/compose-spec/compose-spec/blob/main/spec.md#name-top-level-element"""
    return re.sub(r"[^a-z0-9_-]", "", name.lower()).lstrip("_-")


def _parse(line: str) -> Listed:
    identity, name, project, service, folder = line.split("\t", 4)
    return Listed(identity, name, project, service, Path(folder))
