"""Without any one statement of any role the flow fails, with AWS's own refusal."""

import json
import uuid
from collections.abc import Callable
from typing import Any

import pytest

from mailroom.permissions.decisions import Decided
from tests.support.chunks import chunked
from tests.support.events import mixed
from tests.support.flow import Flow, until
from tests.support.iam import Iam, resources_of_template, statements_of_template
from tests.support.logs import log_lines

type Exercise = Callable[[Flow, Iam], None]


def publishing_is_refused(flow: Flow, iam: Iam) -> None:
    ended = flow.run({"messages": mixed(2)})

    assert (ended.status, ended.error) == ("FAILED", "AccessRefused")
    assert "AuthorizationError" in ended.cause


def a_batch_in_s3_is_forbidden(flow: Flow, iam: Iam) -> None:
    ended = flow.run(flow.upload(map(json.dumps, mixed(2))))

    assert (ended.status, ended.error) == ("FAILED", "InvalidInput")
    assert "AccessDenied" in ended.cause


def a_missing_batch_looks_forbidden(flow: Flow, iam: Iam) -> None:
    bucket = flow.environment.outputs["MessagesBucketName"]

    ended = flow.run({"source": {"bucket": bucket, "key": f"batches/{uuid.uuid4()}"}})

    assert (ended.status, ended.error) == ("FAILED", "InvalidInput")
    assert "AccessDenied" in ended.cause


def consuming_is_refused(flow: Flow, iam: Iam) -> None:
    # A new execution environment asks for the queue's URL before it receives.
    iam.renew("ProcessMessages")

    ended = flow.run({"messages": mixed(2)})

    assert (ended.status, ended.error) == ("FAILED", "AccessRefused")
    assert "AccessDenied" in ended.cause


def dead_lettering_is_refused(flow: Flow, iam: Iam) -> None:
    body, role = f"no JSON {uuid.uuid4()}", "ProcessMessagesRole"
    before = counted(iam.refused(role), "sqs:SendMessage")
    flow.put("NotificationQueue", body)

    flow.work_until(lambda: counted(iam.refused(role), "sqs:SendMessage") > before, "the refusal")

    assert flow.queued("NotificationDeadLetterQueue", body) == []
    assert len(flow.queued("NotificationQueue", body)) == 1


def credentials_are_refused_to_the_workflow(flow: Flow, iam: Iam) -> None:
    iam.renew("ProcessMessages")

    ended = flow.run({"messages": mixed(2)})

    assert (ended.status, ended.error) == ("FAILED", "InvalidSecret")
    assert "AccessDeniedException" in ended.cause


def credentials_are_refused_to_the_migration(flow: Flow, iam: Iam) -> None:
    error = iam.invoke("MigrateDatabase")

    assert error["errorType"] == "InvalidSecret"
    assert "AccessDeniedException" in error["errorMessage"]


def invoking_is_refused(flow: Flow, iam: Iam) -> None:
    steps = flow.environment.session.client("stepfunctions")
    execution = flow.start({"messages": mixed(2)})
    failures: list[dict[str, Any]] = []

    def failed() -> bool:
        events = steps.get_execution_history(executionArn=execution)["events"]
        failures[:] = [
            dict(event["taskFailedEventDetails"])
            for event in events
            if "taskFailedEventDetails" in event
        ]
        return bool(failures)

    until(failed, "the task to fail")
    steps.stop_execution(executionArn=execution)

    assert failures[0]["error"] == "Lambda.AWSLambdaException"
    assert (
        "because no identity-based policy allows the lambda:InvokeFunction action (Service: "
        "AWSLambda; Status Code: 403; Error Code: AccessDeniedException;" in failures[0]["cause"]
    )


def logs_vanish(function: str) -> Exercise:
    def exercise(flow: Flow, iam: Iam) -> None:
        role = f"{function}Role"
        iam.renew(function)
        before = len(log_lines(flow.environment, function))
        refused = counted(iam.refused(role), "logs:PutLogEvents")

        if function == "MigrateDatabase":
            assert "applied" in iam.invoke(function)
        else:
            flow.send(mixed(2))

        until(
            lambda: counted(iam.refused(role), "logs:PutLogEvents") > refused,
            "the logs to be refused",
        )
        assert len(log_lines(flow.environment, function)) == before

    return exercise


def chunks_are_refused(error: str) -> Exercise:
    def exercise(flow: Flow, iam: Iam) -> None:
        ended = flow.run(chunked(flow, mixed(2)).finish())

        assert (ended.status, ended.error) == ("FAILED", error)

    return exercise


# The action as the service prints it, and what its absence does.
EXERCISES: dict[tuple[str, str], tuple[str, Exercise]] = {
    ("PublishMessagesRole", "WriteLogs"): ("logs:PutLogEvents", logs_vanish("PublishMessages")),
    ("PublishMessagesRole", "Publish"): ("SNS:Publish", publishing_is_refused),
    ("PublishMessagesRole", "ReadBatches"): ("s3:GetObject", a_batch_in_s3_is_forbidden),
    ("PublishMessagesRole", "TellMissingBatches"): (
        "s3:ListBucket",
        a_missing_batch_looks_forbidden,
    ),
    ("ProcessMessagesRole", "WriteLogs"): ("logs:PutLogEvents", logs_vanish("ProcessMessages")),
    ("ProcessMessagesRole", "Consume"): ("sqs:getqueueurl", consuming_is_refused),
    ("ProcessMessagesRole", "DeadLetter"): ("sqs:sendmessage", dead_lettering_is_refused),
    ("ProcessMessagesRole", "ReadIngestionCredentials"): (
        "secretsmanager:GetSecretValue",
        credentials_are_refused_to_the_workflow,
    ),
    ("MigrateDatabaseRole", "WriteLogs"): ("logs:PutLogEvents", logs_vanish("MigrateDatabase")),
    ("MigrateDatabaseRole", "ReadOwnerCredentials"): (
        "secretsmanager:GetSecretValue",
        credentials_are_refused_to_the_migration,
    ),
    ("MigrateDatabaseRole", "CompleteIngestionCredentials"): (
        "secretsmanager:GetSecretValue",
        credentials_are_refused_to_the_migration,
    ),
    ("MessageWorkflowRole", "InvokeFunctions"): ("lambda:InvokeFunction", invoking_is_refused),
    ("MessageWorkflowRole", "ReadManifests"): (
        "s3:GetObject",
        chunks_are_refused("States.ItemReaderFailed"),
    ),
    ("MessageWorkflowRole", "WriteResultsOfChunks"): (
        "s3:PutObject",
        chunks_are_refused("States.ResultWriterFailed"),
    ),
    ("MessageWorkflowRole", "StartChildren"): (
        "states:StartExecution",
        chunks_are_refused("States.Runtime"),
    ),
}


# AWS asks for them to follow and to stop the children of a Distributed Map; the engine runs them
# itself. `mailroom check` (machine-permission) looks whether they are there.
FOLLOWING = ("MessageWorkflowRole", "FollowChildren")
STATEMENTS = [one for one in statements_of_template() if one != FOLLOWING]
# In a VPC a function's network interfaces need it; there are none here, and
# `mailroom check` (vpc-permission) looks whether it is there.
IN_VPC = "policy/service-role/AWSLambdaENIManagementAccess"


def test_every_statement_is_taken_out_and_nothing_else_gives_permissions() -> None:
    resources = [
        (one["Type"], one.get("Properties", {})) for one in resources_of_template().values()
    ]

    elsewhere = [
        type
        for type, properties in resources
        if type in ("AWS::IAM::ManagedPolicy", "AWS::IAM::RolePolicy")
        or (type.startswith("AWS::Serverless::") and "Role" not in properties)
    ]
    managed = [
        str(arn) for _, properties in resources for arn in properties.get("ManagedPolicyArns", ())
    ]

    assert sorted(EXERCISES) == sorted(STATEMENTS)
    assert elsewhere == []
    assert all(IN_VPC in arn and "InVpc" in arn for arn in managed)


@pytest.mark.parametrize(("role", "sid"), STATEMENTS)
def test_without_a_statement_the_flow_fails_with_the_refusal_of_aws(
    iam_flow: Flow, iam: Iam, role: str, sid: str
) -> None:
    action, exercise = EXERCISES[role, sid]
    before = counted(iam.refused(role), action)

    with iam.without(role, sid):
        exercise(iam_flow, iam)

    after = iam.refused(role)
    assert counted(after, action) > before
    name = iam.roles[role].arn.rpartition("/")[2]
    for sentence in [one.message or "" for one in after if is_about(one, action)]:
        assert sentence.startswith(f"User: arn:aws:sts::000000000000:assumed-role/{name}/")
        assert f" is not authorized to perform: {action} on resource: " in sentence
        assert sentence.endswith(f" because no identity-based policy allows the {action} action")


def counted(refused: list[Decided], action: str) -> int:
    return sum(one.count for one in refused if is_about(one, action))


def is_about(refused: Decided, action: str) -> bool:
    return refused.action.lower() == action.lower()
