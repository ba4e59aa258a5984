"""Brings an environment's stack and database to what infra/ says."""

from collections.abc import Mapping

from mailroom.database.migration import migrate_database
from mailroom.deployment.deploy import Code, deploy_definitions
from mailroom.deployment.environment_config import EnvironmentConfig
from mailroom.deployment.events import ResourceEvent
from mailroom.deployment.template import Template
from mailroom.environments.environment import Environment
from mailroom.progress import Progress


def bring_up_to_date(
    environment: Environment,
    template: Template,
    config: EnvironmentConfig,
    code: Code,
    parameters: Mapping[str, str],
    progress: Progress,
) -> None:
    """Deploy what has changed, then migrate the database.

    Args:
        environment: What is deployed to.
        template: infra/template.yml.
        config: The environment's settings.
        code: What the functions run.
        parameters: Template parameters that win over the target's.
        progress: Told of each step.

    Raises:
        MailroomError: A resource or a migration failed.
    """
    with progress.step("Topology") as step:
        finished: set[str] = set()

        def count(event: ResourceEvent) -> None:
            if event.status.endswith("_COMPLETE"):
                finished.add(event.logical_id)
            step.update(f"{len(finished)} resources")

        deployment = deploy_definitions(
            environment.session, template, config, code, parameters, count
        )
        step.result = f"{len(finished)} resources" if deployment.changed else "nothing to change"
    with progress.step("Database") as step:
        step.update("waiting for MigrateDatabaseFunction")
        step.result = migrate_database(environment)
