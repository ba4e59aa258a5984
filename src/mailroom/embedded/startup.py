"""`up`: starts what does not run, deploys what has changed, migrates."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from mailroom.deployment.definitions import Code
from mailroom.deployment.stack import Stack
from mailroom.deployment.template import Template
from mailroom.embedded.environment import EmbeddedEnvironment
from mailroom.embedded.ports import free_port, is_free, require_free_port
from mailroom.embedded.processes import ProcessRecord
from mailroom.embedded.state import State
from mailroom.environment import Environment
from mailroom.errors import DeploymentFailed, Refused
from mailroom.interrupts import uninterrupted
from mailroom.owner import owner_secret, store_owner_credentials
from mailroom.packaging.live import live_code
from mailroom.packaging.packaged import packaged_code
from mailroom.progress import Progress
from mailroom.topology import bring_up_to_date

DEFAULT_PORT = 4566

type Undo = Callable[[], object]


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
    template = Template(embedded.project.template)
    if parameters:
        template.check_parameters({**embedded.target.parameters, **parameters})
    with embedded.file.locked(progress.waiting), _undone_on_failure(progress) as undo:
        state = _with_port(embedded.state, port)
        # LocalStack takes longest: everything else is prepared while it boots.
        state, localstack = _start_localstack(embedded, state, undo)
        state = _start_postgres(embedded, state, progress, undo)
        environment = embedded.environment(state)
        with progress.step("Functions' code"):
            code = live_code(embedded.project)
            _prepare_deployment(environment, template)
        with progress.step("LocalStack 4.14.0") as step:
            embedded.localstack(state).wait(localstack)
            step.result = environment.endpoint
        if packaged:
            code = _upload(embedded, environment)
        secret = _owner_secret(embedded, environment, state)
        given = {"DatabaseSecretArn": secret, **(parameters or {})}
        try:
            bring_up_to_date(environment, template, embedded.target, code, given, progress)
        except DeploymentFailed:
            embedded.file.save(state.with_(ready=state.ready and _is_deployed(environment)))
            raise
        embedded.file.save(state.with_(ready=True))
        return environment


@contextmanager
def _undone_on_failure(progress: Progress) -> Iterator[list[Undo]]:
    """Undo what is on the list, last first, if the block ends by an exception."""
    undo: list[Undo] = []
    try:
        yield undo
    except BaseException:
        if undo:
            with uninterrupted(), progress.step("Stopping what was started"):
                for one in reversed(undo):
                    one()
        raise


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


def _start_localstack(
    embedded: EmbeddedEnvironment, state: State, undo: list[Undo]
) -> tuple[State, ProcessRecord]:
    # A LocalStack whose deployment was cut off or failed can't mend it, and has nothing to keep.
    if state.localstack and state.localstack.alive() and state.ready:
        return state, state.localstack
    embedded.stop_localstack()
    require_free_port(state.port, "LocalStack")
    undo.append(embedded.stop_localstack)
    process = embedded.localstack(state).start()
    state = state.with_(localstack=process, ready=False)
    embedded.file.save(state)
    return state, process


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
    target = embedded.target
    bucket = f"mailroom-artifacts-{target.account}-{target.region}"
    return packaged_code(embedded.project, environment.session, bucket)


def _owner_secret(embedded: EmbeddedEnvironment, environment: Environment, state: State) -> str:
    existing = owner_secret(environment.session)
    if existing and embedded.postgres(state).admits(existing.credentials):
        return existing.arn
    password = embedded.postgres(state).renew_owner()
    return store_owner_credentials(environment.session, "127.0.0.1", state.postgres_port, password)
