"""Lists what a checkout has in Docker, and what other checkouts have."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from mailroom.environments.compose.command import Compose
from mailroom.environments.compose.docker_errors import EngineMissing
from mailroom.environments.compose.ownership import Containers, Listed, earlier_name, path_name
from mailroom.errors import MailroomError

_DATA = ", with every message in the database"


class Inventory:
    """The containers, volumes, networks and images of a checkout.

    Args:
        compose: The checkout's Compose project.
        root: The checkout's folder.
    """

    def __init__(self, compose: Compose, root: Path) -> None:
        self._compose = compose
        self._root = root

    def sorted_out(self) -> Containers:
        """The containers of the checkout and of others; none where there is no engine."""
        try:
            return self._compose.sorted_out()
        except EngineMissing:
            return Containers([], [])

    def projects(self) -> list[str]:
        """All Compose projects of the checkout: with containers, and the one that `up` makes."""
        return sorted({*self._compose.sorted_out().projects, self._compose.usual_name})

    def deletions(self) -> list[str]:
        """What `reset` deletes, a line each."""
        with suppress(EngineMissing):
            present = self._compose.sorted_out()
            return [line for name in self.projects() for line in self._deleted(present, name)]
        return []

    def left_alone(self) -> list[str]:
        """Containers of other checkouts, which no command changes, a line for each checkout."""
        try:
            present = self._compose.sorted_out()
        except MailroomError:
            return []
        return [
            f"left alone, as it belongs to the checkout {folder}: containers {_names(containers)}"
            for folder, containers in sorted(present.other_checkouts(self._root.name).items())
        ]

    def ownerless(self) -> list[str]:
        """Volumes under project names that other checkouts may have too, a line each.

        They are those of earlier versions, and of `docker compose` without `mailroom`.
        """
        names = {earlier_name(self._root.name), path_name(self._root)}
        with suppress(EngineMissing):
            return [
                "left alone, as another checkout may have made it: volume "
                f"{volume} (docker volume rm {volume}; go on with it: COMPOSE_PROJECT_NAME={name})"
                for name in sorted(names - {*self.projects()})
                for volume in self._compose.labelled("volume", name)
            ]
        return []

    def is_new(self) -> bool:
        """Whether the project has no volume, so that `up` begins with an empty database."""
        return not self._compose.labelled("volume", self._compose.project_name)

    def earlier_containers(self) -> list[str]:
        """The checkout's containers in other projects than the current one, a line or none."""
        present = self.sorted_out()
        if len(present.projects) < 2:
            return []
        extra = [one for one in present.ours if one.project != self._compose.project_name]
        return [f"also of this checkout: containers {_names(extra)} (remove them: mailroom down)"]

    def _deleted(self, present: Containers, name: str) -> Iterator[str]:
        containers = [one for one in present.ours if one.project == name]
        if containers:
            yield f"containers {_names(containers)}"
        if present.sharers(name):
            return
        for kind in ("volume", "network", "image"):
            found = self._compose.labelled(kind, name)
            if found:
                yield f"{kind}s {', '.join(found)}" + (_DATA if kind == "volume" else "")


def _names(containers: list[Listed]) -> str:
    return ", ".join(sorted(container.name for container in containers))
