"""The environment in containers: its state, how to reach it, how to stop and delete it."""

import importlib.metadata
import json
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from mailroom.database.logins import DATABASE, OWNER, Login, conninfo, url
from mailroom.database.owner import EMPTYING, owner_secret
from mailroom.database.reader import READING, PasswordTable
from mailroom.deployment.environment_config import EnvironmentConfig, load_environment_config
from mailroom.deployment.parameters import parse_parameters
from mailroom.environments.compose.command import Compose
from mailroom.environments.compose.containers import Container
from mailroom.environments.compose.docker_errors import EngineMissing
from mailroom.environments.compose.inventory import Inventory
from mailroom.environments.compose.remembered_parameters import RememberedParameters
from mailroom.environments.environment import DatabaseClient, Environment
from mailroom.errors import MailroomError, NotUp
from mailroom.project import Project

LOCALSTACK = "localstack"
POSTGRES = "postgres"
_PORTS = {LOCALSTACK: 4566, POSTGRES: 5432}
# Volumes; the fourth has what LocalStack has acknowledged.
_OF_DATABASE = ("database", "logins", "sockets")
# Stands for the port of a Postgres that has none, as it is stopped: nothing answers there.
_NO_PORT = 9


class ComposeEnvironment:
    """LocalStack and Postgres of one checkout, in containers. `startup` brings them up."""

    name = "compose"

    def __init__(self, project: Project) -> None:
        self.project = project
        self.compose = Compose(project)
        self.inventory = Inventory(self.compose, project.root)
        self.remembered = RememberedParameters(project.state)
        self.config: EnvironmentConfig = load_environment_config(project.environments, "local")

    @property
    def containers(self) -> dict[str, Container]:
        """Its containers by service; none when there is no Docker engine."""
        try:
            return self.compose.containers()
        except EngineMissing:
            return {}

    @property
    def running(self) -> bool:
        """Whether any part of it runs; False when Docker fails."""
        try:
            return any(container.running for container in self.containers.values())
        except MailroomError:
            return False

    @property
    def endpoint(self) -> str | None:
        """LocalStack's URL; None when its container doesn't run."""
        return _where(self.containers, LOCALSTACK, _endpoint)

    @property
    def durable(self) -> bool:
        """Whether what LocalStack acknowledges survives its container, which there is."""
        localstack = self.containers.get(LOCALSTACK)
        variables = self._variables(localstack) if localstack else {}
        return variables.get("MAILROOM_DURABILITY") == "on"

    def connect(self, database: bool = True) -> Environment:
        """Return how to reach it.

        Args:
            database: Whether Postgres must be up too.

        Raises:
            NotUp: A part of it is not up.
        """
        containers = self.containers
        needed = _PORTS if database else (LOCALSTACK,)
        if not all(service in containers and containers[service].healthy for service in needed):
            raise NotUp
        return self.environment(containers, database)

    def environment(self, containers: dict[str, Container], database: bool = True) -> Environment:
        """How to reach its parts, which both run, or LocalStack alone if `database` is False.

        Raises:
            NotUp: A part runs otherwise than docker-compose.yml says.
        """
        from mailroom.aws.sessions import EmulatorSession

        needed = _PORTS if database else (LOCALSTACK,)
        if not all(_PORTS[service] in containers[service].ports for service in needed):
            raise NotUp
        endpoint = _endpoint(containers[LOCALSTACK].ports[_PORTS[LOCALSTACK]])
        session = EmulatorSession(endpoint, self.config.region, self.config.emulated_account)
        secret = owner_secret(session)
        if secret is None:
            raise NotUp
        postgres = containers.get(POSTGRES)
        port = postgres.ports.get(_PORTS[POSTGRES], _NO_PORT) if postgres else _NO_PORT
        login = conninfo("127.0.0.1", port, DATABASE, OWNER, secret.credentials["password"])
        return Environment(self.name, endpoint, lambda: session, self.config.stack, login)

    def database_url(self, login: Login) -> str:
        """The URL of the database, with the login's password.

        Raises:
            NotUp: It is not up.
        """
        postgres = self.containers.get(POSTGRES)
        if postgres is None or _PORTS[POSTGRES] not in postgres.ports:
            raise NotUp
        query = PasswordTable.QUERY.format(login.user)
        password = self._psql("postgres", query).strip()
        return url(login.user, password, postgres.ports[_PORTS[POSTGRES]])

    def psql(self, login: Login) -> DatabaseClient:
        """How psql opens the database: in Postgres' container, over its socket."""
        options = [] if sys.stdin.isatty() else ["--no-TTY"]
        command = [*self.compose.command, "exec", *options, POSTGRES, "psql", "-U", login.user]
        return DatabaseClient([*command, DATABASE], {})

    def down(self, waiting: Callable[[], None] = lambda: None) -> bool:
        """Remove the containers and their network; the data stays, in its volume.

        Args:
            waiting: Never called, as Compose serializes commands by itself.

        Returns:
            Whether there were containers.
        """
        used = self.inventory.sorted_out().projects
        for name in used:
            self.compose.remove(name)
        return bool(used)

    def deletions(self) -> list[str]:
        """What `reset` deletes, a line each."""
        return self.inventory.deletions()

    def reset(self, waiting: Callable[[], None] = lambda: None) -> None:
        """Remove containers, networks, volumes and the image."""
        with suppress(EngineMissing):
            for name in self.inventory.projects():
                self.compose.remove(name, "--volumes", "--rmi", "local")
        self.remembered.remove()

    def empty_database(self, waiting: Callable[[], None] = lambda: None) -> None:
        """Delete the database's content; Postgres may be up or not."""
        postgres = self.containers.get(POSTGRES)
        if postgres and postgres.running:
            self._psql("postgres", *EMPTYING)
            self._psql(DATABASE, *READING)
        else:
            self.compose.work("down")
            self.compose.remove_volumes(*_OF_DATABASE)

    def show_log(self, service: str, lines: int, follow: bool) -> None:
        """Print the end of a container's log, and follow it if asked to.

        Raises:
            NotUp: There is no such container.
        """
        container = self.containers.get(service)
        if container is None:
            raise NotUp
        self.compose.show_log(container, lines, follow)

    def parts(self) -> list[dict[str, Any]]:
        """Its parts for `mailroom status`: `part`, `state`, `where`, `pid`, `version`.

        LocalStack also has `iam`, the topology `code` and `parameters`.
        """
        containers = self.containers
        localstack = containers.get(LOCALSTACK)
        deployed = bool(localstack and localstack.healthy)
        variables = self._variables(localstack) if localstack and deployed else {}
        given = parse_parameters(variables.get("MAILROOM_PARAMETERS", "").split())
        from mailroom.local_http import localstack_version

        stack = f"stack {self.config.stack}, {self.name}"
        endpoint = _where(containers, LOCALSTACK, _endpoint)
        login = _where(containers, POSTGRES, _login)
        return [
            {
                **_part("LocalStack", endpoint),
                "version": localstack_version(endpoint) if endpoint else None,
                "iam": variables.get("MAILROOM_IAM"),
            },
            {**_part("Postgres", login), "version": self._postgres_version() if login else None},
            {
                **_part("topology", stack if deployed else None),
                "version": importlib.metadata.version("mailroom"),
                "code": variables.get("MAILROOM_CODE"),
                "parameters": given if deployed else self.remembered.load(),
            },
        ]

    def _variables(self, container: Container) -> dict[str, str]:
        listed = json.loads(self.compose.inspect(container, "{{json .Config.Env}}"))
        return {name: value for name, _, value in (one.partition("=") for one in listed)}

    def _psql(self, database: str, *statements: str) -> str:
        """Execute statements as the superuser; returns rows without headings."""
        options = ("--username=postgres", f"--dbname={database}", "--set=ON_ERROR_STOP=1")
        shape = ("--quiet", "--tuples-only", "--no-align")
        commands = [f"--command={statement}" for statement in statements]
        return self.compose.ask("exec", "--no-TTY", POSTGRES, "psql", *options, *shape, *commands)

    def _postgres_version(self) -> str | None:
        with suppress(MailroomError):
            said = self.compose.ask("exec", "--no-TTY", POSTGRES, "postgres", "--version")
            return said.split()[2]
        return None


def _endpoint(port: int) -> str:
    return f"http://127.0.0.1:{port}"


def _login(port: int) -> str:
    """The owner's connection string without the password."""
    return conninfo("127.0.0.1", port, DATABASE, OWNER)


def _where(
    containers: dict[str, Container], service: str, show: Callable[[int], str]
) -> str | None:
    container = containers.get(service)
    port = container.ports.get(_PORTS[service]) if container and container.running else None
    return show(port) if port else None


def _part(name: str, where: str | None) -> dict[str, Any]:
    return {"part": name, "state": "up" if where else "down", "where": where, "pid": None}
