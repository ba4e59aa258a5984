"""What `up` does while LocalStack boots, and once it answers."""

from collections.abc import Mapping

from mailroom.database.owner import owner_secret, store_owner_credentials
from mailroom.deployment.deploy import Code
from mailroom.deployment.stack import Stack
from mailroom.deployment.template import Template
from mailroom.environments.bring_up import bring_up_to_date
from mailroom.environments.embedded.environment import EmbeddedEnvironment
from mailroom.environments.embedded.processes import ProcessRecord
from mailroom.environments.embedded.state import State
from mailroom.environments.embedded.undo import Undo
from mailroom.environments.environment import Environment
from mailroom.environments.ports import free_port, is_free
from mailroom.errors import DeploymentFailed
from mailroom.packaging.code import live_code, packaged_code
from mailroom.progress import Progress


def complete(
    embedded: EmbeddedEnvironment,
    state: State,
    localstack: ProcessRecord,
    progress: Progress,
    undo: list[Undo],
    packaged: bool,
    parameters: Mapping[str, str],
) -> Environment:
    """Start Postgres beside a LocalStack that boots, then deploy and migrate.

    Args:
        undo: Told how to take back what is started here.
        parameters: All template parameters that win over the target's; remembered when they
            are deployed.

    For the others, and the errors, see `start_environment`.
    """
    state = _start_postgres(embedded, state, progress, undo)
    environment = embedded.environment(state)
    template = Template(embedded.project.template)
    with progress.step("Functions' code"):
        code = live_code(embedded.project)
        _prepare_deployment(environment, template)
    # The secret is gone with the LocalStack before; its password is made while the new one boots.
    renewed = None if state.ready else embedded.postgres(state).renew_owner()
    with progress.step("LocalStack 4.14.0") as step:
        embedded.localstack(state).wait(localstack)
        step.result = environment.endpoint
    if packaged:
        code = _upload(embedded, environment)
    secret = _owner_secret(embedded, environment, state, renewed)
    given = {"DatabaseSecretArn": secret, **parameters}
    try:
        bring_up_to_date(environment, template, embedded.config, code, given, progress)
    except DeploymentFailed:
        embedded.file.save(state.with_(ready=state.ready and _is_deployed(environment)))
        raise
    embedded.file.save(state.with_(ready=True, packaged=packaged, parameters=dict(parameters)))
    return environment


def _start_postgres(
    embedded: EmbeddedEnvironment, state: State, progress: Progress, undo: list[Undo]
) -> State:
    if state.postgres and state.postgres.alive():
        return state
    embedded.stop_postgres()
    port = state.postgres_port if is_free(state.postgres_port) else free_port()
    state = state.with_(postgres_port=port, ready=False)
    undo.append(embedded.stop_postgres)
    with progress.step("Postgres 18") as step:
        server = embedded.postgres(state)
        process = server.start()
        state = state.with_(postgres=process)
        embedded.file.save(state)
        server.wait(process)
        step.result = f"127.0.0.1:{port}"
    return state


def _prepare_deployment(environment: Environment, template: Template) -> None:
    """What takes time and needs no engine."""
    template.render()
    for service in ("cloudformation", "secretsmanager", "lambda"):
        environment.session.client(service)


def _is_deployed(environment: Environment) -> bool:
    stack = Stack(environment.session.client("cloudformation"), environment.stack)
    return stack.deployed() is not None


def _upload(embedded: EmbeddedEnvironment, environment: Environment) -> Code:
    config = embedded.config
    bucket = f"mailroom-artifacts-{config.account}-{config.region}"
    return packaged_code(embedded.project, environment.session, bucket)


def _owner_secret(
    embedded: EmbeddedEnvironment, environment: Environment, state: State, renewed: str | None
) -> str:
    existing = None if renewed else owner_secret(environment.session)
    if existing and embedded.postgres(state).admits(existing.credentials):
        return existing.arn
    password = renewed or embedded.postgres(state).renew_owner()
    return store_owner_credentials(environment.session, "127.0.0.1", state.postgres_port, password)
