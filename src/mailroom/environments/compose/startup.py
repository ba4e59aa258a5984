"""`up --compose`: builds and starts the containers, and waits until the stack is deployed."""

import json
import re
from collections.abc import Mapping
from typing import Any

from mailroom.deployment.checks import DefinitionChecks
from mailroom.deployment.parameters import format_parameters, parse_parameters
from mailroom.deployment.template import Template
from mailroom.environments.compose.command import Compose
from mailroom.environments.compose.containers import Container
from mailroom.environments.compose.docker_errors import diagnose_log
from mailroom.environments.compose.environment import LOCALSTACK, POSTGRES, ComposeEnvironment
from mailroom.environments.embedded.engine import what_a_restart_loses
from mailroom.environments.environment import Environment
from mailroom.environments.ports import AUTO, is_free, own_port, require_free_port
from mailroom.environments.table_trial import require_tables
from mailroom.environments.up_options import UpOptions
from mailroom.errors import DeploymentFailed, MailroomError, NotUp, Refused, StartFailed
from mailroom.interrupts import uninterrupted
from mailroom.packaging.locking import require_locked
from mailroom.progress import Progress
from mailroom.types.definitions import require_current

# Longer than the image's health check, which waits for the hook to end.
_WAIT_SECONDS = 180
_HOOK = "/etc/localstack/init/ready.d/deploy.sh"


def start_containers(
    containers: ComposeEnvironment, progress: Progress, options: UpOptions
) -> Environment:
    """Bring the environment up in containers; when it is up, change only what differs.

    On failure or interruption it removes what it started; the data stays.

    Args:
        containers: The environment.
        progress: Shows each step.
        options: Those of `up`. What they leave open, docker-compose.yml and `.env` say; parameters
            take precedence over MAILROOM_PARAMETERS too.

    Raises:
        MailroomError: A step failed; the message says why, the hint what to do.
    """
    require_current(containers.project)
    require_locked(containers.project)
    require_tables(containers.project)
    template = Template(containers.project.template)
    remembered = containers.remembered.load()
    configured = containers.config.parameters
    template.merged_parameters(configured, remembered, options.parameters, options.unset)
    compose = containers.compose
    _require_own(compose)
    if containers.inventory.is_new():
        for line in containers.inventory.ownerless():
            progress.tell(line)
    before = compose.containers()
    localstack = before.get(LOCALSTACK)
    services = _services(compose)
    service = services[LOCALSTACK]
    own = parse_parameters((service["environment"].get("MAILROOM_PARAMETERS") or "").split())
    merged = template.merged_parameters(
        {**configured, **own}, remembered, options.parameters, options.unset
    )
    port = options.port
    if port == AUTO:
        usual = int(service["ports"][0]["published"])
        runs = bool(localstack and localstack.running)
        key = f"compose localstack {containers.project.state}"
        port = None if runs else usual if is_free(usual) else own_port(key)
    settings = _settings(localstack, port, {**own, **merged}, options)
    if services[POSTGRES]["ports"][0].get("published") in (None, "0"):
        settings["MAILROOM_POSTGRES_PORT"] = str(
            _postgres_port(before.get(POSTGRES), f"compose {containers.project.state}")
        )
    if not (localstack and localstack.running):
        published = settings.get("MAILROOM_PORT") or service["ports"][0]["published"]
        require_free_port(int(published), "LocalStack")
    with DefinitionChecks(containers.project, containers.config.region) as checks:
        checks.refuse()
        checks.start()
        with progress.step("Image") as step:
            compose.work("build", settings=settings, tell=step.update)
        checks.finish(progress)
    if not options.restart:
        _require_nothing_to_lose(containers, before, settings)
    try:
        _start(compose, localstack, settings, progress, options.restart)
        environment = containers.connect()
    except BaseException:
        if not any(container.running for container in before.values()):
            with uninterrupted(), progress.step("Removing what was started"):
                containers.down()
        raise
    containers.remembered.save(merged)
    return environment


def _require_own(compose: Compose) -> None:
    """Check that no other checkout has containers in the project: `up` would recreate them."""
    name = compose.project_name
    sharers = compose.sorted_out().sharers(name)
    if sharers:
        raise Refused(
            f"the Compose project {name} has containers of another checkout: {sharers[0]}",
            "remove this checkout's from it: mailroom down; if COMPOSE_PROJECT_NAME is set, "
            "unset it or give each checkout another",
        )


def _settings(
    localstack: Container | None,
    port: int | None,
    parameters: Mapping[str, str],
    options: UpOptions,
) -> dict[str, str]:
    """The variables of docker-compose.yml that options set."""
    if port is None and localstack and localstack.running:
        port = localstack.ports.get(4566)
    return {
        **({"MAILROOM_PORT": str(port)} if port else {}),
        **({"MAILROOM_CODE": "packaged"} if options.packaged else {}),
        **({"MAILROOM_PARAMETERS": format_parameters(parameters)} if parameters else {}),
        **({"MAILROOM_IAM": options.iam} if options.iam else {}),
        **({"MAILROOM_DURABILITY": options.durability} if options.durability else {}),
    }


def _postgres_port(postgres: Container | None, key: str) -> int:
    """Postgres' port: the running one's, else one that follows from the key."""
    used = postgres.ports.get(5432) if postgres and postgres.running else None
    return used or own_port(key)


def _services(compose: Compose) -> dict[str, Any]:
    """The services in docker-compose.yml, with variables replaced."""
    services: dict[str, Any] = json.loads(compose.ask("config", "--format", "json"))["services"]
    return services


def _require_nothing_to_lose(
    containers: ComposeEnvironment, before: dict[str, Container], settings: Mapping[str, str]
) -> None:
    """Check that Compose does not recreate a LocalStack that has messages or executions."""
    said: list[str] = []
    localstack = before.get(LOCALSTACK)
    if localstack is None or not localstack.healthy:
        return
    containers.compose.work("--dry-run", "up", "--detach", settings=settings, tell=said.append)
    if not any(re.search(rf"Container \S*{LOCALSTACK}\S* +Recreate$", line) for line in said):
        return
    try:
        environment = containers.environment(before)
        lost = what_a_restart_loses(environment, durable=containers.durable)
    except (NotUp, KeyError):
        return
    if lost:
        raise Refused(
            f"these options need a new container of LocalStack, which would lose {lost}",
            "create it anyway: mailroom up --compose --restart",
        )


def _start(
    compose: Compose,
    before: Container | None,
    settings: Mapping[str, str],
    progress: Progress,
    restart: bool,
) -> None:
    if before and before.running and (restart or not before.healthy):
        # A hook that has failed runs again only when the container starts.
        compose.work("stop", LOCALSTACK)
        before = None
    with progress.step("Containers and topology") as step:
        try:
            compose.work(
                *("up", "--detach", "--wait", "--wait-timeout", str(_WAIT_SECONDS)),
                settings=settings,
                tell=step.update,
            )
        except StartFailed as error:
            raise _reason(compose) or error from None
    now = compose.containers().get(LOCALSTACK)
    if now is None:
        raise NotUp
    if before and before.running and before.id == now.id:
        # The container ran already, so its hook has not deployed later edits.
        with progress.step("Topology"):
            try:
                compose.work("exec", "--no-TTY", LOCALSTACK, _HOOK)
            except StartFailed as error:
                raise DeploymentFailed("the topology was not deployed", error.hint) from None


def _reason(compose: Compose) -> MailroomError | None:
    """Why a container is not healthy, by its log."""
    for container in compose.containers().values():
        if container.healthy or container.done:
            continue
        log = compose.log(container, lines=40).strip()
        if container.service != LOCALSTACK:
            return StartFailed(f"the container of {container.service} is not healthy", log)
        return diagnose_log(log) or DeploymentFailed(
            "the topology was not deployed; LocalStack's log ends so:", log
        )
    return None
