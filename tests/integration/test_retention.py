"""Rows that are older than they are kept are removed by MigrateDatabaseFunction."""

import json
from collections.abc import Iterator

import psycopg
import pytest

from mailroom.environments.environment import Environment
from mailroom.project import Project
from tests.support.events import notification
from tests.support.flow import Flow
from tests.support.stacks import another_stack

REMOVED = ("messages", "settlements", "dead_letters", "batch_progress")


@pytest.fixture(scope="module")
def forgetful(project: Project, environment: Environment) -> Iterator[Environment]:
    """A stack that keeps rows for thirty days."""
    with another_stack(project, environment, RowRetentionDays="30") as stack:
        yield stack


def remove_old_rows(environment: Environment) -> dict[str, int]:
    answer = environment.session.client("lambda").invoke(
        FunctionName=environment.outputs["MigrateDatabaseFunctionName"],
        Payload=json.dumps({"removeOldRows": True}).encode(),
    )
    assert "FunctionError" not in answer
    removed: dict[str, int] = json.loads(answer["Payload"].read())["removed"]
    return removed


def make_older(database: psycopg.Connection, event_id: str, days: int) -> None:
    for table, column, key in (
        ("messages", "ingested_at", "id"),
        ("settlements", "settled_at", "id"),
    ):
        database.execute(
            f"UPDATE {table} SET {column} = now() - make_interval(days => %s) WHERE {key} = %s",
            [days, event_id],
        )


def kept(database: psycopg.Connection, *ids: str) -> dict[str, list[str]]:
    tables = ("messages", "notifications", "settlements")
    return {
        table: [
            row[0]
            for row in database.execute(
                f"SELECT id FROM {table} WHERE id = ANY(%s) ORDER BY id",
                [list(ids)],
            )
        ]
        for table in tables
    }


def test_rows_older_than_they_are_kept_are_removed_with_their_typed_rows(
    forgetful: Environment, database: psycopg.Connection
) -> None:
    old, young = notification(), notification()
    Flow(forgetful, database).send([old, young])
    make_older(database, old["id"], 31)
    make_older(database, young["id"], 29)

    removed = remove_old_rows(forgetful)

    assert removed["messages"] >= 1
    rows = kept(database, old["id"], young["id"])
    assert set(map(tuple, rows.values())) == {(young["id"],)}


def test_a_rule_invokes_the_function_each_day(forgetful: Environment) -> None:
    events = forgetful.session.client("events")
    rules = [one for one in events.list_rules()["Rules"] if forgetful.stack in one["Name"]]

    [rule] = rules
    [target] = events.list_targets_by_rule(Rule=rule["Name"])["Targets"]
    assert (rule["ScheduleExpression"], rule["State"]) == ("rate(1 day)", "ENABLED")
    assert json.loads(target["Input"]) == {"removeOldRows": True}
    assert target["Arn"].endswith(forgetful.outputs["MigrateDatabaseFunctionName"])


def test_all_rows_are_kept_unless_a_parameter_says_otherwise(
    environment: Environment, database: psycopg.Connection
) -> None:
    event = notification()
    Flow(environment, database).send([event])
    make_older(database, event["id"], 4000)

    assert remove_old_rows(environment) == dict.fromkeys(REMOVED, 0)
    assert kept(database, event["id"])["messages"] == [event["id"]]
