"""The environment in containers: what is there, how to reach it, how to take it down."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from psycopg.conninfo import make_conninfo

from mailroom.aws import EmulatorSession
from mailroom.compose.command import Compose
from mailroom.compose.containers import Container
from mailroom.compose.faults import EngineMissing
from mailroom.deployment.target import Target, load_target
from mailroom.environment import Environment
from mailroom.errors import NotUp
from mailroom.owner import owner_secret
from mailroom.project import Project

LOCALSTACK = "localstack"
POSTGRES = "postgres"
_PORTS = {LOCALSTACK: 4566, POSTGRES: 5432}


class ComposeEnvironment:
    """LocalStack and Postgres of one checkout, in containers. `startup` brings them up."""

    name = "compose"

    def __init__(self, project: Project) -> None:
        self.project = project
        self.compose = Compose(project)
        self.target: Target = load_target(project.root / "infra" / "environments", "local")

    @property
    def containers(self) -> dict[str, Container]:
        """Its containers by service; none where there is no engine."""
        try:
            return self.compose.containers()
        except EngineMissing:
            return {}

    @property
    def running(self) -> bool:
        """Whether any part of it runs, whoever started it."""
        return any(container.running for container in self.containers.values())

    def connect(self) -> Environment:
        """The environment, for whoever wants to use it.

        Raises:
            NotUp: It is not up, or not all of it.
        """
        containers = self.containers
        if not all(service in containers and containers[service].healthy for service in _PORTS):
            raise NotUp
        return self.environment(containers)

    def environment(self, containers: dict[str, Container]) -> Environment:
        """How to reach the parts of it, of which both run."""
        endpoint = f"http://{_address(containers[LOCALSTACK])}"
        session = EmulatorSession(endpoint, self.target.region, self.target.account or "0" * 12)
        secret = owner_secret(session)
        if secret is None:
            raise NotUp
        database = make_conninfo(
            host="127.0.0.1",
            port=containers[POSTGRES].ports[_PORTS[POSTGRES]],
            dbname=secret.credentials["dbname"],
            user=secret.credentials["username"],
            password=secret.credentials["password"],
        )
        psql = [*self.compose.command, "exec", POSTGRES, "psql", "-U", "postgres"]
        return Environment(
            self.name,
            endpoint,
            session,
            self.target.stack,
            database,
            " ".join([*psql, secret.credentials["dbname"]]),
        )

    def down(self, waiting: Callable[[], None] = lambda: None) -> bool:
        """Remove the containers and their network; the data stays, in its volume.

        Args:
            waiting: Never called: Compose keeps two commands apart by itself.

        Returns:
            Whether there were any.
        """
        containers = self.containers
        if containers:
            self.compose.work("down", "--remove-orphans")
        return bool(containers)

    def reset(self, waiting: Callable[[], None] = lambda: None) -> None:
        """Remove everything, the data too."""
        with suppress(EngineMissing):
            self.compose.work("down", "--remove-orphans", "--volumes")

    def show_log(self, service: str, lines: int, follow: bool) -> None:
        """Print the end of a container's log, and go on with it if asked to.

        Raises:
            NotUp: There is no such container.
        """
        container = self.containers.get(service)
        if container is None:
            raise NotUp
        self.compose.show_log(container, lines, follow)

    def parts(self) -> list[dict[str, Any]]:
        """The parts of it for `mailroom status`: `part`, `state`, `where`, `pid`."""
        containers = self.containers
        deployed = LOCALSTACK in containers and containers[LOCALSTACK].healthy
        stack = f"stack {self.target.stack}, {self.name}"
        return [
            _part("LocalStack", containers.get(LOCALSTACK), "http://"),
            _part("Postgres", containers.get(POSTGRES), ""),
            {
                "part": "topology",
                "state": "up" if deployed else "down",
                "where": stack if deployed else None,
                "pid": None,
            },
        ]


def _address(container: Container) -> str:
    return f"127.0.0.1:{container.ports[_PORTS[container.service]]}"


def _part(name: str, container: Container | None, scheme: str) -> dict[str, Any]:
    up = container is not None and container.running
    return {
        "part": name,
        "state": "up" if up else "down",
        "where": scheme + _address(container) if container and up else None,
        "pid": None,
    }
