"""What `up` does while LocalStack starts, and once it answers."""

from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path

from mailroom.deployment.checks import DefinitionChecks
from mailroom.deployment.stack import Stack
from mailroom.deployment.template import Template
from mailroom.environments.bring_up import Installation, bring_up, renew_logins
from mailroom.environments.embedded.environment import EmbeddedEnvironment
from mailroom.environments.embedded.processes import ProcessRecord
from mailroom.environments.embedded.state import State
from mailroom.environments.environment import Environment
from mailroom.environments.ports import is_free, own_port
from mailroom.environments.table_trial import TableTrial
from mailroom.errors import DeploymentFailed
from mailroom.packaging.code import Code, live_code, package_for_this_machine
from mailroom.packaging.dependencies import edited_files
from mailroom.progress import Progress


def complete(
    embedded: EmbeddedEnvironment,
    state: State,
    localstack: ProcessRecord,
    progress: Progress,
    started: ExitStack,
    packaged: bool,
    parameters: Mapping[str, str],
    checks: DefinitionChecks,
    trial: TableTrial,
) -> Environment:
    """Start Postgres while LocalStack starts, then bring the environment up.

    Args:
        embedded: The environment.
        state: Its state.
        localstack: LocalStack's process.
        progress: Shows each step.
        started: Gets a callback that stops Postgres if it is started here.
        packaged: Run the functions from the zip that would go to AWS.
        parameters: All template parameters that take precedence over the config's; they are
            remembered once they are deployed.
        checks: Of the definitions; nothing is deployed before they have ended.
        trial: Of the tables; nothing is deployed before it has ended.

    For errors see `start_environment`.
    """
    state = start_postgres(embedded, state, progress, started)
    environment, superuser = embedded.environment(state), embedded.postgres(state).superuser()
    installation = Installation(
        environment=environment,
        config=embedded.config,
        give_passwords=lambda: renew_logins(superuser, embedded.passwords.provide),
        database_host="127.0.0.1",
        database_port=state.postgres_port,
        password=embedded.passwords.provide,
        live_code=lambda: _unedited(live_code(embedded.project), progress),
        package=lambda: package_for_this_machine(embedded.project),
        awaited="LocalStack 4.14.0",
        wait=lambda: embedded.localstack(state).wait(localstack),
    )
    trial.start(superuser)

    def refuse() -> None:
        checks.finish(progress)
        trial.refuse()

    template = Template(embedded.project.template)
    renew = not state.ready
    try:
        bring_up(
            installation,
            template,
            parameters,
            progress,
            packaged=packaged,
            renew=renew,
            before_deploying=refuse,
        )
    except DeploymentFailed:
        embedded.file.save(state.with_(ready=state.ready and is_deployed(environment)))
        raise
    embedded.file.save(state.with_(ready=True, packaged=packaged, parameters=dict(parameters)))
    return environment


def _unedited(code: Code, progress: Progress) -> Code:
    """Warn of dependencies that somebody has edited: what goes to AWS has them as they come."""
    edited = edited_files(Path(code.key))
    if edited:
        progress.warn(
            f"edited since they were installed: {', '.join(edited[:3])}"
            f"{' …' if len(edited) > 3 else ''}; delete {code.key} to install them again"
        )
    return code


def start_postgres(
    embedded: EmbeddedEnvironment, state: State, progress: Progress, started: ExitStack
) -> State:
    """Start Postgres unless it runs; returns the state that is saved then."""
    if state.postgres and state.postgres.alive():
        return state
    embedded.stop_postgres()
    port = state.postgres_port
    if not is_free(port):
        port = own_port(str(embedded.project.state))
        progress.tell(
            f"Postgres's port {state.postgres_port} is taken: it gets {port}, and so do the URLs of"
            " mailroom database url"
        )
    state = state.with_(postgres_port=port, ready=False)
    started.callback(embedded.stop_postgres)
    with progress.step("Postgres 18") as step:
        server = embedded.postgres(state)
        process = server.start()
        state = state.with_(postgres=process)
        embedded.file.save(state)
        server.wait(process)
        step.result = f"127.0.0.1:{port}"
    return state


def is_deployed(environment: Environment) -> bool:
    """Whether the environment's stack is deployed."""
    stack = Stack(environment.session.client("cloudformation"), environment.stack)
    return stack.deployed() is not None
