"""The template's roles come out of all that the flow does with nothing refused and nothing unused;
and where refusals are only observed, they are told and not refused."""

import json
import uuid
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from rich.console import Console

from mailroom.environments.embedded.environment import EmbeddedEnvironment
from mailroom.environments.embedded.startup import start_environment
from mailroom.environments.environment import Environment
from mailroom.environments.ports import free_port
from mailroom.environments.up_options import UpOptions
from mailroom.permissions.decisions import read_decisions
from mailroom.permissions.report import RoleReport, report_role, sufficient_policy
from mailroom.progress import Progress
from mailroom.project import Project
from tests.support.chunks import chunked
from tests.support.command import Command
from tests.support.events import alert, mixed
from tests.support.flow import Flow, until
from tests.support.iam import Iam, statements_of_template
from tests.support.locks import locked

# Of a Distributed Map: its children are executions, and large results come in parts.
ONLY_IN_AWS = {
    f"MessageWorkflowRole: {name}"
    for name in (
        *("FollowChildren: states:DescribeExecution", "FollowChildren: states:StopExecution"),
        "WriteResultsOfChunks: s3:AbortMultipartUpload",
        "WriteResultsOfChunks: s3:GetObject",
        "WriteResultsOfChunks: s3:ListMultipartUploadParts",
    )
}


def test_the_flow_uses_every_permission_of_the_template_and_lacks_none(
    iam_flow: Flow, iam: Iam
) -> None:
    before = {one.role.logical_id: one for one in reports(iam)}
    for function in ("PublishMessages", "ProcessMessages", "MigrateDatabase"):
        iam.renew(function)

    iam_flow.send(mixed(2))
    iam_flow.succeed(iam_flow.upload(map(json.dumps, mixed(2))))
    iam_flow.succeed(chunked(iam_flow, mixed(2)).finish())
    assert iam_flow.run(chunked(iam_flow, [alert(severity=7)]).finish()).error == "InvalidMessages"
    assert "NoSuchKey" in iam_flow.run(missing_batch(iam_flow)).cause
    assert "applied" in iam.invoke("MigrateDatabase")
    dead_letter_a_message(iam_flow)
    give_a_message_back(iam_flow, iam)

    until(lambda: not any(": logs:" in one for one in unused(reports(iam))), "the logs")
    assert set(unused(reports(iam))) == ONLY_IN_AWS
    assert refused(before, reports(iam)) == []


def test_the_command_tells_what_each_role_used(project: Project, environment: Environment) -> None:
    command = Command(project.root, project.state, environment=environment.name)

    told = command.json("iam", "report")

    roles = {role["role"]: role for role in told["roles"]}
    assert set(roles) == {role for role, _ in statements_of_template()}
    migration = roles["MigrateDatabaseRole"]
    used = {(one["statement"], one["action"]) for one in migration["allowedAndUsed"]}
    assert ("ReadOwnerCredentials", "secretsmanager:GetSecretValue") in used
    assert migration["refused"] == []
    sids = {statement["Sid"] for statement in migration["sufficientPolicy"]["Statement"]}
    assert "ReadOwnerCredentials" in sids


def test_observed_refusals_are_told_and_not_refused(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MAILROOM_IAM", "observe")
    embedded = EmbeddedEnvironment(Project(project.root, tmp_path))
    try:
        environment = start_environment(
            embedded, Progress(Console(stderr=True)), UpOptions(port=free_port())
        )
        iam = Iam(environment)

        with (
            iam.without("PublishMessagesRole", "Publish"),
            psycopg.connect(environment.database, autocommit=True) as connection,
        ):
            Flow(environment, connection).send(mixed(2))

        [publish] = iam.refused("PublishMessagesRole")
        assert (publish.action, publish.outcome) == ("sns:Publish", "implicitDeny")
        report = next(one for one in reports(iam) if one.role.logical_id == "PublishMessagesRole")
        topic = environment.outputs["MessagesTopicArn"]
        needed = {"Effect": "Allow", "Action": "sns:Publish", "Resource": topic}
        assert needed in sufficient_policy(report)["Statement"]
    finally:
        embedded.reset()


def reports(iam: Iam) -> list[RoleReport]:
    decided = read_decisions(iam.environment.endpoint).decided
    return [report_role(role, decided) for role in iam.roles.values()]


def unused(reports: list[RoleReport]) -> list[str]:
    """What was never used since the stack was deployed."""
    return [
        f"{one.role.logical_id}: {grant.statement.name}: {grant.action}"
        for one in reports
        for grant in one.unused
    ]


def refused(before: dict[str, RoleReport], after: list[RoleReport]) -> list[str]:
    return [
        f"{one.role.logical_id}: {one.refused}"
        for one in after
        if sum(each.count for each in one.refused)
        != sum(each.count for each in before[one.role.logical_id].refused)
    ]


def missing_batch(flow: Flow) -> dict[str, dict[str, str]]:
    bucket = flow.environment.outputs["MessagesBucketName"]
    return {"source": {"bucket": bucket, "key": f"batches/{uuid.uuid4()}"}}


def dead_letter_a_message(flow: Flow) -> None:
    body = f"no JSON {uuid.uuid4()}"
    flow.put("AlertQueue", body)
    flow.work_until(
        lambda: bool(flow.queued("AlertDeadLetterQueue", body)), "the message to be dead-lettered"
    )


def give_a_message_back(flow: Flow, iam: Iam) -> None:
    """A message whose dead letter somebody else is sending goes back to its queue."""
    body = f"no JSON {uuid.uuid4()}"
    message = flow.put("AlertQueue", body)
    queue = iam.environment.outputs["AlertQueueUrl"].rpartition("/")[2]
    flow.database.execute(DEAD_LETTER, [queue, message, body.encode()])
    before = used(iam, "sqs:ChangeMessageVisibility")

    with locked(flow.environment.database, LOCK.format(sql.Literal(f"{queue} {message}"))):
        flow.work_until(
            lambda: used(iam, "sqs:ChangeMessageVisibility") > before,
            "the message to be given back",
        )


def used(iam: Iam, action: str) -> int:
    return sum(
        grant.count for one in reports(iam) for grant in one.grants if grant.action == action
    )


LOCK = sql.SQL("SELECT pg_advisory_lock(hashtextextended({}, 0))")
DEAD_LETTER = """
INSERT INTO dead_letters (queue, message_id, reason, detail, body, body_digest, attributes)
VALUES (%s, %s, 'invalid_json', 'test', %s, '', '{}')
"""
