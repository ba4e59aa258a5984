"""`up`: starts what doesn't run, deploys what has changed, migrates the database."""

from collections.abc import Collection, Iterator, Mapping
from contextlib import ExitStack, contextmanager

from mailroom.deployment.checks import DefinitionChecks
from mailroom.environments.embedded.engine import engine_parts
from mailroom.environments.embedded.environment import EmbeddedEnvironment
from mailroom.environments.embedded.plugin import require_installed_plugin
from mailroom.environments.embedded.processes import ProcessRecord
from mailroom.environments.embedded.restarting import Modes, restart_reason
from mailroom.environments.embedded.state import State
from mailroom.environments.environment import Environment
from mailroom.environments.ports import AUTO, is_free, own_port, require_free_port
from mailroom.environments.table_trial import TableTrial
from mailroom.errors import Refused
from mailroom.interrupts import uninterrupted
from mailroom.packaging.locking import require_locked
from mailroom.progress import Progress
from mailroom.types.definitions import require_current

DEFAULT_PORT = 4566


def start_environment(
    embedded: EmbeddedEnvironment,
    progress: Progress,
    port: int | None = None,
    packaged: bool = False,
    parameters: Mapping[str, str] | None = None,
    unset: Collection[str] = (),
    iam: str | None = None,
    restart: bool = False,
    durability: str | None = None,
) -> Environment:
    """Bring the environment up; when it is up, change only what differs.

    LocalStack is restarted when its code, its settings or its modes have changed, unless that would
    lose messages or executions. On failure or interruption `up` stops what it started.

    Args:
        embedded: The environment.
        progress: Shows each step.
        port: LocalStack's port on 127.0.0.1; None for the last one, else 4566; AUTO for that one if
            it is free, else another.
        packaged: Run the functions from the zip that would go to AWS.
        parameters: Template parameters that take precedence over the config's. They are
            remembered for the next `up`.
        unset: Names of template parameters to forget.
        iam: `enforce`, `observe` or `off`; None for MAILROOM_IAM, else the running LocalStack's,
            else `enforce`.
        restart: Restart LocalStack, even if messages or executions are lost.
        durability: `on` or `off`; None for MAILROOM_DURABILITY, else the running LocalStack's, else
            `on`.

    Raises:
        MailroomError: A step failed; the message says why, the hint what to do.
    """
    merged = all_parameters(embedded, parameters or {}, unset)
    require_current(embedded.project)
    require_locked(embedded.project)
    require_installed_plugin(embedded.project)
    with (
        embedded.file.locked(progress.waiting),
        stopped_on_failure(progress) as started,
        DefinitionChecks(embedded.project, embedded.config.region) as checks,
        TableTrial(embedded.project) as trial,
    ):
        state = with_port(embedded, port)
        checks.refuse()
        trial.refuse()
        state, localstack = start_localstack(
            embedded, state, progress, started, Modes.given(iam, durability), restart
        )
        checks.start()
        # LocalStack takes longest to start: even these modules are imported meanwhile.
        from mailroom.environments.embedded.completion import complete

        return complete(
            embedded, state, localstack, progress, started, packaged, merged, checks, trial
        )


@contextmanager
def stopped_on_failure(progress: Progress) -> Iterator[ExitStack]:
    """Yield a stack of callbacks, which are called if the block ends by an exception."""
    started = ExitStack()
    try:
        yield started
    except BaseException:
        with uninterrupted(), progress.waiting_for("Stopping what was started"):
            started.close()
        raise


def all_parameters(
    embedded: EmbeddedEnvironment, given: Mapping[str, str], unset: Collection[str]
) -> dict[str, str]:
    """The remembered parameters and the given ones, which take precedence."""
    before = embedded.state
    remembered = dict(before.parameters) if before else {}
    if not (given or unset or remembered):
        return {}
    from mailroom.deployment.template import Template

    return Template(embedded.project.template).merged_parameters(
        embedded.config.parameters, remembered, given, unset
    )


def with_port(embedded: EmbeddedEnvironment, port: int | None) -> State:
    """The saved state, or a new one, with the port that is asked for.

    Raises:
        Refused: The environment is up on another port.
    """
    before, key = embedded.state, str(embedded.project.state)
    alive = bool(before and before.localstack and before.localstack.alive())
    if port == AUTO:
        usual = before.port if before else DEFAULT_PORT
        port = usual if alive or is_free(usual) else own_port(f"localstack {key}")
    if before is None:
        return State(port or DEFAULT_PORT, own_port(key))
    if port in (None, before.port):
        return before
    if alive:
        raise Refused(
            f"this environment is up already, on port {before.port}",
            "stop it first: mailroom down",
        )
    return before.with_(port=port)


def start_localstack(
    embedded: EmbeddedEnvironment,
    state: State,
    progress: Progress,
    started: ExitStack,
    modes: Modes,
    restart: bool,
) -> tuple[State, ProcessRecord]:
    """Start LocalStack unless it runs and may go on; returns the state that is saved then.

    Raises:
        MailroomError: It could not be started, or must not be restarted.
    """
    server = embedded.localstack(state)
    parts = engine_parts(embedded.project, server)
    # A LocalStack whose deployment was interrupted or failed is restarted.
    if state.localstack and state.localstack.alive() and state.ready:
        reason = restart_reason(embedded, state, parts, modes, restart, progress)
        if not reason:
            return state, state.localstack
        progress.tell(f"LocalStack is restarted: {reason}")
    embedded.stop_localstack()
    require_free_port(state.port, "LocalStack")
    started.callback(embedded.stop_localstack)
    iam, durability = modes.iam or "enforce", modes.durability or "on"
    process = server.start(iam, durability)
    state = state.with_(
        localstack=process, ready=False, iam=iam, durability=durability, engine=parts
    )
    embedded.file.save(state)
    return state, process
