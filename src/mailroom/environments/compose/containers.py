"""The containers of one Compose project, as `docker compose ps` lists them."""

import json
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Container:
    """One container.

    Attributes:
        id: Its id.
        service: Its service in docker-compose.yml.
        state: `running`, `exited`, …
        health: `healthy`, `starting` or `unhealthy`; empty when it does not run.
        exit_code: With which it ended; 0 while it runs.
        ports: Ports of this machine by ports of the container.
    """

    id: str
    service: str
    state: str
    health: str
    ports: dict[int, int]
    exit_code: int = 0

    @property
    def running(self) -> bool:
        return self.state == "running"

    @property
    def done(self) -> bool:
        """Whether it has ended as it should."""
        return self.state == "exited" and self.exit_code == 0

    @property
    def healthy(self) -> bool:
        return self.running and self.health == "healthy"


def parse_containers(listing: str) -> dict[str, Container]:
    """Containers by service.

    Args:
        listing: Output of `docker compose ps --format json`: an object a line, or, from older
            versions, one list.
    """
    documents = [json.loads(line) for line in listing.splitlines() if line.strip()]
    flat = [one for each in documents for one in (each if isinstance(each, list) else [each])]
    return {document["Service"]: _container(document) for document in flat}


def _container(document: dict[str, Any]) -> Container:
    published = document.get("Publishers") or []
    return Container(
        id=document["ID"],
        service=document["Service"],
        state=document["State"],
        health=document.get("Health", ""),
        ports={
            one["TargetPort"]: one["PublishedPort"] for one in published if one["PublishedPort"]
        },
        exit_code=document.get("ExitCode", 0),
    )
