"""`up`: starts what does not run, deploys what has changed, migrates."""

from collections.abc import Mapping

from mailroom.environments.embedded.environment import EmbeddedEnvironment
from mailroom.environments.embedded.processes import ProcessRecord
from mailroom.environments.embedded.state import State
from mailroom.environments.embedded.undo import Undo, undone_on_failure
from mailroom.environments.environment import Environment
from mailroom.environments.ports import free_port, require_free_port
from mailroom.errors import Refused
from mailroom.progress import Progress

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
    if parameters:
        from mailroom.deployment.template import Template

        given = {**embedded.config.parameters, **parameters}
        Template(embedded.project.template).check_parameters(given)
    with embedded.file.locked(progress.waiting), undone_on_failure(progress) as undo:
        state = _with_port(embedded.state, port)
        state, localstack = _start_localstack(embedded, state, undo)
        # LocalStack takes longest: everything else is even imported while it boots.
        from mailroom.environments.embedded.completion import complete

        return complete(embedded, state, localstack, progress, undo, packaged, parameters or {})


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
