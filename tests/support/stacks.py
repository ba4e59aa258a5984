"""Further stacks beside the environment's own: same engine, same database, other parameters."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import psycopg
from psycopg import sql
from rich.console import Console

from mailroom.database.owner import owner_secret
from mailroom.deployment.environment_config import load_environment_config
from mailroom.deployment.stack import Stack
from mailroom.deployment.template import Template
from mailroom.environments.bring_up import deploy_and_migrate
from mailroom.environments.environment import Environment
from mailroom.packaging.code import Code
from mailroom.progress import Progress
from mailroom.project import Project


@contextmanager
def another_stack(
    project: Project, environment: Environment, **parameters: str
) -> Iterator[Environment]:
    """A stack of its own, deployed and migrated; gone at the end, with its role."""
    name = f"mailroom-test-{uuid.uuid4().hex[:8]}"
    local = load_environment_config(project.environments, "local")
    other = replace(environment, stack=name)
    secret = owner_secret(environment.session)
    assert secret
    try:
        deploy_and_migrate(
            other,
            Template(project.template),
            replace(local, stack=name),
            _code_of(environment),
            {"DatabaseSecretArn": secret.arn, **parameters},
            Progress(Console(stderr=True)),
        )
        yield other
    finally:
        Stack(environment.session.client("cloudformation"), name).delete()
        _drop_role(environment.database, f"{name}-ingestion")


def _code_of(environment: Environment) -> Code:
    """The code that the environment's own stack runs."""
    client = environment.session.client("cloudformation")
    stack = client.describe_stacks(StackName=environment.stack)["Stacks"][0]
    given = {one["ParameterKey"]: one["ParameterValue"] for one in stack["Parameters"]}
    return Code(given["CodeBucket"], given["CodeKey"], given["Architecture"])


def _drop_role(database: str, name: str) -> None:
    role = sql.Identifier(name)
    with psycopg.connect(database, autocommit=True) as connection:
        if connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [name]).fetchone():
            connection.execute(sql.SQL("DROP OWNED BY {}").format(role))
            connection.execute(sql.SQL("DROP ROLE {}").format(role))
