"""`up --compose`: builds, starts, and waits until the topology is there."""

import json
from collections.abc import Mapping

from mailroom.deployment.parameters import format_parameters
from mailroom.deployment.template import Template
from mailroom.environments.compose.command import Compose
from mailroom.environments.compose.containers import Container
from mailroom.environments.compose.docker_errors import diagnose_log
from mailroom.environments.compose.environment import LOCALSTACK, ComposeEnvironment
from mailroom.environments.environment import Environment
from mailroom.environments.ports import require_free_port
from mailroom.errors import DeploymentFailed, MailroomError, NotUp, Refused, StartFailed
from mailroom.interrupts import uninterrupted
from mailroom.progress import Progress

# Longer than the image's own probe, which waits for the hook to end.
_WAIT_SECONDS = 180
_HOOK = "/etc/localstack/init/ready.d/deploy.sh"


def start_containers(
    containers: ComposeEnvironment,
    progress: Progress,
    port: int | None = None,
    packaged: bool = False,
    parameters: Mapping[str, str] | None = None,
) -> Environment:
    """Bring the environment up in containers; when it is up, change only what differs.

    Interrupted or failed, it removes what it started; the data stays.

    Args:
        containers: The environment.
        progress: Told of each step.
        port: LocalStack's port on 127.0.0.1; the running one's, else docker-compose.yml's.
        packaged: Run the functions from the zip that would go to AWS.
        parameters: Template parameters that win over infra/environments/local.toml.

    Raises:
        MailroomError: Something is in the way; the message says what, and how to go on.
    """
    Template(containers.project.template).check_parameters(
        {**containers.config.parameters, **(parameters or {})}
    )
    compose = containers.compose
    _require_own(compose)
    before = compose.containers()
    localstack = before.get(LOCALSTACK)
    settings = _settings(localstack, port, packaged, parameters or {})
    if not (localstack and localstack.running):
        require_free_port(_published_port(compose, settings), "LocalStack")
    with progress.step("Image") as step:
        compose.work("build", settings=settings, tell=step.update)
    try:
        _start(compose, localstack, settings, progress)
        return containers.connect()
    except BaseException:
        if not any(container.running for container in before.values()):
            with uninterrupted(), progress.step("Removing what was started"):
                containers.down()
        raise


def _require_own(compose: Compose) -> None:
    """Make sure that no other checkout has containers in the project: `up` would remake them."""
    name = compose.project_name
    sharers = compose.sorted_out().sharers(name)
    if sharers:
        raise Refused(
            f"the Compose project {name} has containers of another checkout: {sharers[0]}",
            "take this checkout's out of it: mailroom down; if COMPOSE_PROJECT_NAME is set, "
            "unset it or give each checkout another",
        )


def _settings(
    localstack: Container | None, port: int | None, packaged: bool, parameters: Mapping[str, str]
) -> dict[str, str]:
    """The variables of docker-compose.yml that the command line decides."""
    if port is None and localstack and localstack.running:
        port = localstack.ports.get(4566)
    return {
        **({"MAILROOM_PORT": str(port)} if port else {}),
        **({"MAILROOM_CODE": "packaged"} if packaged else {}),
        **({"MAILROOM_PARAMETERS": format_parameters(parameters)} if parameters else {}),
    }


def _published_port(compose: Compose, settings: Mapping[str, str]) -> int:
    document = json.loads(compose.ask("config", "--format", "json", settings=settings))
    return int(document["services"][LOCALSTACK]["ports"][0]["published"])


def _start(
    compose: Compose, before: Container | None, settings: Mapping[str, str], progress: Progress
) -> None:
    if before and before.running and not before.healthy:
        # Its hook has failed, and runs again only with a new start.
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
        # It was up, so nothing has deployed what was edited since.
        with progress.step("Topology"):
            try:
                compose.work("exec", "--no-TTY", LOCALSTACK, _HOOK)
            except StartFailed as error:
                raise DeploymentFailed("the topology was not deployed", error.hint) from None


def _reason(compose: Compose) -> MailroomError | None:
    """Why the containers are not healthy, out of the log of the one that is not."""
    for container in compose.containers().values():
        if container.healthy:
            continue
        log = compose.log(container, lines=40).strip()
        if container.service != LOCALSTACK:
            return StartFailed(f"the container of {container.service} is not well", log)
        return diagnose_log(log) or DeploymentFailed(
            "the topology was not deployed; LocalStack's log ends so:", log
        )
    return None
