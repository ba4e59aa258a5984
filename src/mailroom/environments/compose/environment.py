"""The environment in containers: what is there, how to reach it, how to take it down."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from psycopg.conninfo import make_conninfo

from mailroom.aws.sessions import EmulatorSession
from mailroom.database.owner import DATABASE, OWNER, owner_secret
from mailroom.deployment.environment_config import Target, load_target
from mailroom.environments.compose.command import Compose
from mailroom.environments.compose.containers import Container
from mailroom.environments.compose.docker_errors import EngineMissing
from mailroom.environments.environment import Environment
from mailroom.errors import MailroomError, NotUp
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
        """Whether any part of it runs, whoever started it; not when Docker can't tell."""
        try:
            return any(container.running for container in self.containers.values())
        except MailroomError:
            return False

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
        """How to reach the parts of it, of which both run.

        Raises:
            NotUp: They run, but not as docker-compose.yml says.
        """
        if not all(port in containers[service].ports for service, port in _PORTS.items()):
            raise NotUp
        endpoint = _endpoint(containers[LOCALSTACK].ports[_PORTS[LOCALSTACK]])
        session = EmulatorSession(endpoint, self.target.region, self.target.account or "0" * 12)
        secret = owner_secret(session)
        if secret is None:
            raise NotUp
        database = make_conninfo(
            _login(containers[POSTGRES].ports[_PORTS[POSTGRES]]),
            password=secret.credentials["password"],
        )
        psql = [*self.compose.command, "exec", POSTGRES, "psql", "-U", "postgres", DATABASE]
        return Environment(
            self.name, endpoint, session, self.target.stack, database, " ".join(psql)
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
        """Remove everything, the data and the image too."""
        with suppress(EngineMissing):
            self.compose.work("down", "--remove-orphans", "--volumes", "--rmi", "local")

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
            _part("LocalStack", _where(containers, LOCALSTACK, _endpoint)),
            _part("Postgres", _where(containers, POSTGRES, _login)),
            _part("topology", stack if deployed else None),
        ]


def _endpoint(port: int) -> str:
    return f"http://127.0.0.1:{port}"


def _login(port: int) -> str:
    """How the owner logs in, but for the password."""
    return make_conninfo(host="127.0.0.1", port=port, dbname=DATABASE, user=OWNER)


def _where(
    containers: dict[str, Container], service: str, show: Callable[[int], str]
) -> str | None:
    container = containers.get(service)
    port = container.ports.get(_PORTS[service]) if container and container.running else None
    return show(port) if port else None


def _part(name: str, where: str | None) -> dict[str, Any]:
    return {"part": name, "state": "up" if where else "down", "where": where, "pid": None}
