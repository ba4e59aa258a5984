"""Brings an environment up, embedded or in containers, while and after LocalStack starts."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from mailroom.database.logins import OWNER, READER
from mailroom.database.migration import migrate_database
from mailroom.database.owner import provide_owner_secret, renew_owner
from mailroom.database.reader import provide_reader
from mailroom.deployment.environment_config import EnvironmentConfig
from mailroom.deployment.events import ResourceEvent
from mailroom.deployment.stack import Stack
from mailroom.deployment.template import Template, put_template
from mailroom.environments.environment import Environment
from mailroom.packaging.code import Code, upload
from mailroom.packaging.dependencies import host_architecture
from mailroom.progress import Progress
from mailroom.wording import counted


@dataclass(frozen=True)
class Installation:
    """The parts of an environment that differ between embedded and in containers.

    Attributes:
        environment: How to reach it.
        config: Its config.
        give_passwords: Gives the logins to the database their passwords.
        database_host: Host of Postgres as the functions reach it.
        database_port: Its port.
        password: Returns the password of a login to the database, by its name.
        live_code: Links the sources into the folder of the dependencies.
        package: Makes the zip that would go to AWS.
        awaited: What `wait` waits for, for the user.
        wait: Waits until LocalStack and Postgres answer.
    """

    environment: Environment
    config: EnvironmentConfig
    give_passwords: Callable[[], None]
    database_host: str
    database_port: int
    password: Callable[[str], str]
    live_code: Callable[[], Code]
    package: Callable[[], Path]
    awaited: str
    wait: Callable[[], None]


def bring_up(
    installation: Installation,
    template: Template,
    parameters: Mapping[str, str],
    progress: Progress,
    *,
    packaged: bool,
    renew: bool,
    before_deploying: Callable[[], object] = lambda: None,
) -> None:
    """Prepare the code, wait for LocalStack, provide the owner's secret, deploy, migrate.

    Args:
        installation: The environment's own parts.
        template: infra/template.yml.
        parameters: Template parameters that take precedence over the config's.
        progress: Shows each step.
        packaged: Run the functions from the zip that would go to AWS.
        renew: Give the logins their passwords before LocalStack answers, as it has lost the secret.
            Otherwise they get them only when the secret has another password, or one that fails.
        before_deploying: Called before anything is deployed; it may raise.

    Raises:
        MailroomError: A step failed.
    """
    session, config = installation.environment.session, installation.config
    with progress.step("Functions' code") as step:
        archive = installation.package() if packaged else None
        code = None if archive else installation.live_code()
        step.result = "packaged" if packaged else "live"
        # These take time, and need no LocalStack.
        template.render()
        for service in ("cloudformation", "secretsmanager", "lambda"):
            session.client(service)
    before_deploying()
    if renew:
        installation.give_passwords()
    with progress.step(installation.awaited) as step:
        installation.wait()
        step.result = installation.environment.endpoint
    if archive:
        bucket = config.artifact_bucket(config.emulated_account)
        code = upload(archive, host_architecture(), session, bucket)
    assert code
    host, port = installation.database_host, installation.database_port
    password = installation.password(OWNER)
    renewed = (lambda: None) if renew else installation.give_passwords
    secret = provide_owner_secret(session, host, port, password, renewed)
    given = {"DatabaseSecretArn": secret, **parameters}
    deploy_and_migrate(installation.environment, template, config, code, given, progress)


def renew_logins(superuser: str, password: Callable[[str], str]) -> None:
    """Give owner and reader their passwords.

    Args:
        superuser: Connection string of Postgres' superuser, to the database `postgres`.
        password: Returns the password of a login, by its name.
    """
    renew_owner(superuser, password(OWNER))
    provide_reader(superuser, password(READER))


def deploy_and_migrate(
    environment: Environment,
    template: Template,
    config: EnvironmentConfig,
    code: Code,
    parameters: Mapping[str, str],
    progress: Progress,
) -> None:
    """Deploy what has changed, then migrate the database.

    Args:
        environment: The environment that is deployed to.
        template: infra/template.yml.
        config: The environment's config.
        code: The functions' code.
        parameters: Template parameters that take precedence over the config's.
        progress: Shows each step.

    Raises:
        MailroomError: A resource or a migration failed.
    """
    given = {**config.parameters, **code.parameters, **parameters}
    deploy_stack(environment, config, template.render(), given, progress)
    with progress.step("Database") as step:
        step.update("waiting for MigrateDatabaseFunction")
        step.result = migrate_database(environment)


def deploy_stack(
    environment: Environment,
    config: EnvironmentConfig,
    template: str,
    parameters: Mapping[str, str],
    progress: Progress,
) -> None:
    """Deploy a rendered template.

    Args:
        environment: The environment that is deployed to.
        config: The environment's config.
        template: The template.
        parameters: All template parameters.
        progress: Shows how many resources are done.

    Raises:
        DeploymentFailed: A resource failed.
    """
    with progress.step("Topology") as step:
        finished: set[str] = set()

        def count(event: ResourceEvent) -> None:
            if event.status.endswith("_COMPLETE"):
                finished.add(event.logical_id)
            step.update(counted(len(finished), "resource"))

        def upload_template(text: str) -> str:
            bucket = config.artifact_bucket(config.emulated_account)
            s3.create_bucket(Bucket=bucket)
            return put_template(s3, bucket, text)

        s3 = environment.session.client("s3")
        client = environment.session.client("cloudformation")
        stack = Stack(client, config.stack, count, upload=upload_template)
        deployment = stack.deploy(template, parameters, config.tags)
        step.result = (
            counted(len(finished), "resource") if deployment.changed else "nothing to change"
        )
