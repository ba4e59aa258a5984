"""A password is in Secrets Manager, and nowhere else that anybody looks."""

import secrets
from collections.abc import Iterable

import pytest
from psycopg import sql

from mailroom.database.migration import migrate_database
from mailroom.database.owner import owner_secret
from mailroom.environments.environment import Environment
from mailroom.project import Project
from tests.support.events import mixed
from tests.support.flow import Flow, until
from tests.support.ingestion_role import IngestionRole
from tests.support.logs import entries_of, log_lines

FUNCTIONS = ("PublishMessages", "ProcessMessages", "MigrateDatabase")


@pytest.fixture
def passwords(environment: Environment, role: IngestionRole) -> list[str]:
    """The owner's and the ingestion role's."""
    owner = owner_secret(environment.session)
    assert owner
    return [owner.credentials["password"], role.secret()["password"]]


def test_no_function_holds_a_password_in_its_configuration(
    environment: Environment, passwords: list[str]
) -> None:
    client = environment.session.client("lambda")

    configurations = [
        client.get_function_configuration(FunctionName=environment.outputs[f"{name}FunctionName"])
        for name in FUNCTIONS
    ]

    assert "DATABASE_SECRET_ARN" in configurations[1]["Environment"]["Variables"]
    assert hidden(passwords, map(str, configurations))


def test_the_stack_holds_no_password(environment: Environment, passwords: list[str]) -> None:
    client = environment.session.client("cloudformation")

    documents = [
        client.get_template(StackName=environment.stack, TemplateStage="Original"),
        client.get_template(StackName=environment.stack, TemplateStage="Processed"),
        client.describe_stacks(StackName=environment.stack),
        *client.get_paginator("describe_stack_events").paginate(StackName=environment.stack),
    ]

    assert "IngestionSecret" in str(documents[0])
    assert hidden(passwords, map(str, documents))


def test_no_log_holds_a_password_even_when_a_login_fails(
    flow: Flow, project: Project, role: IngestionRole, passwords: list[str]
) -> None:
    rotated, log = secrets.token_urlsafe(), project.logs / "postgres.log"
    before = role.refusals(log)

    with role.other_password(rotated):
        execution = flow.start({"messages": mixed(2)})
        until(lambda: role.refusals(log) > before, "the function's login to be refused")
    batch = flow.ended(execution).output["batchId"]
    migrate_database(flow.environment)

    assert entries_of(flow.environment, "PublishMessages", batch, "published")
    assert any(
        "password authentication failed" in entry.get("reason", "")
        for entry in entries_of(flow.environment, "ProcessMessages", batch, "database not ready")
    )
    lines = [line for name in FUNCTIONS for line in log_lines(flow.environment, name)]
    files = [file.read_text(errors="replace") for file in project.logs.rglob("*.log")]
    assert hidden([*passwords, rotated], [*lines, *files])


def hidden(passwords: Iterable[str], texts: Iterable[str]) -> bool:
    text = "\n".join(texts)
    return not any(password in text for password in passwords)


def test_a_role_of_a_stack_with_a_long_name_is_migrated_again(
    flow: Flow, role: IngestionRole
) -> None:
    wanted = f"{'s' * 54}-ingestion"

    with role.other_secret(username=wanted):
        names = []
        for _ in range(2):
            migrate_database(flow.environment)
            names.append(role.secret()["username"])

    first, second = names
    dropped = sql.Identifier(first)
    flow.database.execute(sql.SQL("DROP OWNED BY {0}; DROP ROLE {0}").format(dropped))
    assert first == second
    assert len(first) == 63
