"""`up`: starts what doesn't run, deploys what has changed, migrates the database."""

from collections.abc import Iterator
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
from mailroom.environments.up_options import DEFAULTS, UpOptions
from mailroom.errors import Refused
from mailroom.interrupts import uninterrupted
from mailroom.packaging.locking import require_locked
from mailroom.progress import Progress
from mailroom.project import Project
from mailroom.types.definitions import require_current

DEFAULT_PORT = 4566


def start_environment(
    embedded: EmbeddedEnvironment, progress: Progress, options: UpOptions = DEFAULTS
) -> Environment:
    """Bring the environment up; when it is up, change only what differs.

    LocalStack is restarted when its code, its settings or its modes have changed, unless that would
    lose messages or executions. On failure or interruption `up` stops what it started.

    Args:
        embedded: The environment.
        progress: Shows each step.
        options: Those of `up`.

    Raises:
        MailroomError: A step failed; the message says why, the hint what to do.
    """
    merged = all_parameters(embedded, options)
    require_startable(embedded.project)
    with (
        embedded.file.locked(progress.waiting),
        stopped_on_failure(progress) as started,
        DefinitionChecks(embedded.project, embedded.config.region) as checks,
        TableTrial(embedded.project) as trial,
    ):
        state = with_port(embedded, options.port)
        checks.refuse()
        trial.refuse()
        state, localstack = start_localstack(embedded, state, progress, started, options)
        checks.start()
        # LocalStack takes longest to start: even these modules are imported meanwhile.
        from mailroom.environments.embedded.completion import complete

        return complete(
            embedded, state, localstack, progress, started, options.packaged, merged, checks, trial
        )


def require_startable(project: Project) -> None:
    """Refuse a checkout of which a part isn't current.

    Raises:
        Refused: What is generated, a lock, or the installed plugin is older than its sources.
    """
    require_current(project)
    require_locked(project)
    require_installed_plugin(project)


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


def all_parameters(embedded: EmbeddedEnvironment, options: UpOptions) -> dict[str, str]:
    """The remembered parameters and the given ones, which take precedence."""
    before = embedded.state
    remembered = dict(before.parameters) if before else {}
    if not (options.parameters or options.unset or remembered):
        return {}
    from mailroom.deployment.template import Template

    return Template(embedded.project.template).merged_parameters(
        embedded.config.parameters, remembered, options.parameters, options.unset
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
    options: UpOptions,
) -> tuple[State, ProcessRecord]:
    """Start LocalStack unless it runs and may go on; returns the state that is saved then.

    Raises:
        MailroomError: It could not be started, or must not be restarted.
    """
    for record in state.processes:
        record.resume()
    server = embedded.localstack(state)
    parts, modes = engine_parts(embedded.project, server), Modes.given(options)
    # A LocalStack whose deployment was interrupted or failed is restarted.
    if state.localstack and state.localstack.alive() and state.ready:
        reason = restart_reason(embedded, state, parts, modes, options.restart, progress)
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
