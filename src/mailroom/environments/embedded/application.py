"""`up` of an application other than the message workflow."""

from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path

from mailroom.application.application_template import ApplicationTemplate
from mailroom.application.code import archives, live, rendered, upload
from mailroom.application.support import notices, require_supported
from mailroom.environments.embedded.environment import EmbeddedEnvironment
from mailroom.environments.embedded.plugin import require_installed_plugin
from mailroom.environments.embedded.startup import (
    all_parameters,
    start_localstack,
    stopped_on_failure,
    with_port,
)
from mailroom.environments.embedded.state import State
from mailroom.environments.environment import Environment
from mailroom.environments.up_options import DEFAULTS, UpOptions
from mailroom.errors import DeploymentFailed
from mailroom.packaging.runtimes import installed_runtimes, provide_runtime
from mailroom.progress import Progress


def start_application(
    embedded: EmbeddedEnvironment, progress: Progress, options: UpOptions = DEFAULTS
) -> Environment:
    """Bring an application up; when it is up, change only what differs.

    For arguments and errors see `start_environment`.
    """
    merged, packaged = all_parameters(embedded, options), options.packaged
    given = {**embedded.config.parameters, **merged}
    template = ApplicationTemplate.read(embedded.project, given)
    require_supported(template, packaged)
    require_installed_plugin(embedded.project)
    for notice in notices(template):
        progress.tell(notice)
    with embedded.file.locked(progress.waiting), stopped_on_failure(progress) as started:
        _provide_runtimes(embedded, template, progress)
        state = with_port(embedded, options.port)
        state, process = start_localstack(embedded, state, progress, started, options)
        places, zips = _build(embedded, template, packaged, progress)
        if embedded.has_database:
            state = _start_database(embedded, state, progress, started)
        with progress.step("LocalStack 4.14.0") as step:
            server = embedded.localstack(state)
            server.wait(process)
            step.result = server.endpoint
        environment = embedded.environment(state)
        if packaged:
            bucket = embedded.config.artifact_bucket(embedded.config.emulated_account)
            places = upload(environment.session, bucket, zips)
        given = _with_secret(embedded, state, environment, template, given)
        _deploy(embedded, state, environment, rendered(template, places), given, progress)
        embedded.file.save(state.with_(ready=True, packaged=packaged, parameters=merged))
        return environment


def _provide_runtimes(
    embedded: EmbeddedEnvironment, template: ApplicationTemplate, progress: Progress
) -> None:
    needed = {code.runtime for code in template.codes() if code.runtime and not code.is_layer}
    for runtime in sorted(needed - set(installed_runtimes(embedded.project))):
        with progress.step(f"Interpreter of {runtime}"):
            provide_runtime(embedded.project, runtime)


def _build(
    embedded: EmbeddedEnvironment,
    template: ApplicationTemplate,
    packaged: bool,
    progress: Progress,
) -> tuple[dict[str, tuple[str, str]], dict[str, Path]]:
    """Places of live code, or zips to upload."""
    with progress.step("Functions' code") as step:
        step.result = "packaged" if packaged else "live"
        if packaged:
            return {}, archives(embedded.project, template)
        return live(embedded.project, template), {}


def _start_database(
    embedded: EmbeddedEnvironment, state: State, progress: Progress, started: ExitStack
) -> State:
    from mailroom.environments.bring_up import renew_logins
    from mailroom.environments.embedded.completion import start_postgres

    state = start_postgres(embedded, state, progress, started)
    renew_logins(embedded.postgres(state).superuser(), embedded.passwords.provide)
    return state


def _with_secret(
    embedded: EmbeddedEnvironment,
    state: State,
    environment: Environment,
    template: ApplicationTemplate,
    given: dict[str, str],
) -> dict[str, str]:
    """The parameters, with the ARN of the database's secret if the template asks for it."""
    name = "DatabaseSecretArn"
    declared = template.source.plain.get("Parameters") or {}
    if not embedded.has_database or name not in declared or name in given:
        return given
    from mailroom.database.logins import OWNER
    from mailroom.database.owner import store_owner_credentials

    password = embedded.passwords.provide(OWNER)
    session, port = environment.session, state.postgres_port
    return {**given, name: store_owner_credentials(session, "127.0.0.1", port, password)}


def _deploy(
    embedded: EmbeddedEnvironment,
    state: State,
    environment: Environment,
    template: str,
    parameters: Mapping[str, str],
    progress: Progress,
) -> None:
    from mailroom.environments.bring_up import deploy_stack
    from mailroom.environments.embedded.completion import is_deployed

    try:
        deploy_stack(environment, embedded.config, template, parameters, progress)
    except DeploymentFailed:
        embedded.file.save(state.with_(ready=state.ready and is_deployed(environment)))
        raise
