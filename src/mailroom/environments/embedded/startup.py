"""`up`: starts what does not run, deploys what has changed, migrates."""

from collections.abc import Collection, Mapping

from mailroom.environments.embedded.engine import engine_parts
from mailroom.environments.embedded.environment import EmbeddedEnvironment
from mailroom.environments.embedded.processes import ProcessRecord
from mailroom.environments.embedded.restarting import given_mode, restart_reason
from mailroom.environments.embedded.state import State
from mailroom.environments.embedded.undo import Undo, undone_on_failure
from mailroom.environments.environment import Environment
from mailroom.environments.ports import free_port, require_free_port
from mailroom.errors import Refused
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
) -> Environment:
    """Bring the environment up; when it is up, change only what differs.

    LocalStack is started anew when what it was started from or its IAM mode has changed, unless
    that would lose messages or executions. Interrupted or failed, it stops what it started.

    Args:
        embedded: The environment.
        progress: Told of each step.
        port: LocalStack's port on 127.0.0.1; the last one, else 4566, when None.
        packaged: Run the functions from the zip that would go to AWS.
        parameters: Template parameters that win over infra/environments/local.toml, and are
            remembered for the next time.
        unset: Names of template parameters to forget.
        iam: `enforce`, `observe` or `off`; MAILROOM_IAM, else the running one's, else `enforce`,
            when None.
        restart: Start LocalStack anew in any case, whatever is lost.

    Raises:
        MailroomError: Something is in the way; the message says what, and how to go on.
    """
    require_current(embedded.project)
    wanted = _parameters(embedded, parameters or {}, unset)
    with embedded.file.locked(progress.waiting), undone_on_failure(progress) as undo:
        state = _with_port(embedded.state, port)
        state, localstack = _start_localstack(embedded, state, progress, undo, iam, restart)
        # LocalStack takes longest: everything else is even imported while it boots.
        from mailroom.environments.embedded.completion import complete

        return complete(embedded, state, localstack, progress, undo, packaged, wanted)


def _parameters(
    embedded: EmbeddedEnvironment, given: Mapping[str, str], unset: Collection[str]
) -> dict[str, str]:
    """The remembered parameters and the given ones, which win."""
    before = embedded.state
    remembered = dict(before.parameters) if before else {}
    if not (given or unset or remembered):
        return {}
    from mailroom.deployment.template import Template

    return Template(embedded.project.template).merged_parameters(
        embedded.config.parameters, remembered, given, unset
    )


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
    embedded: EmbeddedEnvironment,
    state: State,
    progress: Progress,
    undo: list[Undo],
    iam: str | None,
    restart: bool,
) -> tuple[State, ProcessRecord]:
    server = embedded.localstack(state)
    parts = engine_parts(embedded.project, server)
    # A LocalStack whose deployment was cut off or failed can't be used, and has nothing to keep.
    if state.localstack and state.localstack.alive() and state.ready:
        reason = restart_reason(embedded, state, parts, iam, restart, progress)
        if not reason:
            return state, state.localstack
        progress.tell(f"LocalStack is restarted: {reason}")
    embedded.stop_localstack()
    require_free_port(state.port, "LocalStack")
    undo.append(embedded.stop_localstack)
    mode = given_mode(iam) or "enforce"
    process = server.start(mode)
    state = state.with_(localstack=process, ready=False, iam=mode, engine=parts)
    embedded.file.save(state)
    return state, process
