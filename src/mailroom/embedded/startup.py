"""`up`: starts what does not run, deploys what has changed, migrates."""

from collections.abc import Mapping
from contextlib import ExitStack

from mailroom.deployment.definitions import Code
from mailroom.embedded.credentials import owner_secret, store_owner_credentials
from mailroom.embedded.environment import EmbeddedEnvironment
from mailroom.embedded.processes import free_port, is_free, require_free_port
from mailroom.embedded.state import State
from mailroom.environment import Environment
from mailroom.errors import Refused
from mailroom.packaging.live import live_code
from mailroom.packaging.packaged import packaged_code
from mailroom.progress import Progress
from mailroom.topology import bring_up_to_date

DEFAULT_PORT = 4566


def start_environment(
    embedded: EmbeddedEnvironment,
    progress: Progress,
    port: int | None = None,
    packaged: bool = False,
    parameters: Mapping[str, str] | None = None,
) -> Environment:
    """Bring the environment up; when it is up, change only what differs.

    Interrupted or failed, it stops what it started.

    Args:
        embedded: The environment.
        progress: Told of each step.
        port: LocalStack's port on 127.0.0.1; the last one, else 4566, when None.
        packaged: Run the functions from the zip that would go to AWS.
        parameters: Template parameters that win over infra/environments/local.toml.

    Raises:
        MailroomError: Something is in the way; the message says what, and how to go on.
    """
    with embedded.file.locked(), ExitStack() as undo:
        before = embedded.state
        state = _with_port(before, port)
        # LocalStack takes longest: everything else is prepared while it boots.
        state = _start_localstack(embedded, state, undo)
        state = _start_postgres(embedded, state, progress, undo)
        environment = embedded.environment(state)
        with progress.step("Functions' code"):
            code = live_code(embedded.project)
        with progress.step("LocalStack 4.14.0") as step:
            localstack = embedded.localstack(state)
            localstack.wait(state.localstack)
            step.result = localstack.endpoint
        if packaged:
            code = _upload(embedded, environment)
        secret = _owner_secret(embedded, environment, state, renew=state != before)
        bring_up_to_date(
            environment,
            embedded.project.template,
            embedded.target,
            code,
            {"DatabaseSecretArn": secret, **(parameters or {})},
            progress,
        )
        embedded.file.save(state.with_(ready=True))
        undo.pop_all()
        return environment


def _with_port(before: State | None, port: int | None) -> State:
    if before is None:
        return State(port or DEFAULT_PORT, free_port())
    if port in (None, before.port):
        return before
    if before.localstack and before.localstack.alive():
        raise Refused(
            f"this environment is up already, on port {before.port}",
            "stop it first: mailroom down",
        )
    return before.with_(port=port)


def _start_localstack(embedded: EmbeddedEnvironment, state: State, undo: ExitStack) -> State:
    if state.localstack and state.localstack.alive():
        return state
    require_free_port(state.port, "LocalStack")
    undo.callback(embedded.stop_localstack)
    state = state.with_(localstack=embedded.localstack(state).start(), ready=False)
    embedded.file.save(state)
    return state


def _start_postgres(
    embedded: EmbeddedEnvironment, state: State, progress: Progress, undo: ExitStack
) -> State:
    if state.postgres and state.postgres.alive():
        return state
    port = state.postgres_port if is_free(state.postgres_port) else free_port()
    state = state.with_(postgres_port=port, ready=False)
    undo.callback(embedded.stop_postgres)
    with progress.step("Postgres 18") as step:
        state = state.with_(postgres=embedded.postgres(state).start())
        step.result = f"127.0.0.1:{port}"
    embedded.file.save(state)
    return state


def _upload(embedded: EmbeddedEnvironment, environment: Environment) -> Code:
    target = embedded.target
    bucket = f"mailroom-artifacts-{target.account}-{target.region}"
    return packaged_code(embedded.project, environment.session, bucket)


def _owner_secret(
    embedded: EmbeddedEnvironment, environment: Environment, state: State, renew: bool
) -> str:
    existing = owner_secret(environment.session)
    if existing and not renew:
        return existing
    password = embedded.postgres(state).renew_owner()
    return store_owner_credentials(environment.session, "127.0.0.1", state.postgres_port, password)
