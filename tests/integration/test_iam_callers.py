"""Who calls: a key that exists is held to its policies, any other is refused, and the developer's
own calls are not checked."""

import http.client
import json
import uuid
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest
from botocore.exceptions import ClientError

from tests.support.events import notification
from tests.support.flow import Flow
from tests.support.users import NOTHING, User, user

EVERYTHING = {"Effect": "Allow", "Action": "*", "Resource": "*"}
# Service, the call, and AWS's codes for an unknown key, a wrong signature and a lacking permission.
CALLS: list[tuple[str, Callable[[Any, Flow], Any], str, str, str]] = [
    (
        "sqs",
        lambda sqs, flow: sqs.receive_message(
            QueueUrl=flow.environment.outputs["UnroutedQueueUrl"]
        ),
        "InvalidClientTokenId",
        "SignatureDoesNotMatch",
        "AccessDenied",
    ),
    (
        "sns",
        lambda sns, flow: sns.get_topic_attributes(
            TopicArn=flow.environment.outputs["MessagesTopicArn"]
        ),
        "InvalidClientTokenId",
        "SignatureDoesNotMatch",
        "AuthorizationError",
    ),
    (
        "s3",
        lambda s3, flow: s3.list_objects_v2(
            Bucket=flow.environment.outputs["MessagesBucketName"], Prefix="a b+c~é/"
        ),
        "InvalidAccessKeyId",
        "SignatureDoesNotMatch",
        "AccessDenied",
    ),
    (
        "secretsmanager",
        lambda secrets, flow: secrets.describe_secret(
            SecretId=flow.environment.outputs["IngestionSecretArn"]
        ),
        "UnrecognizedClientException",
        "InvalidSignatureException",
        "AccessDeniedException",
    ),
    (
        "lambda",
        lambda functions, flow: functions.get_policy(
            FunctionName=flow.environment.outputs["PublishMessagesFunctionName"]
        ),
        "UnrecognizedClientException",
        "InvalidSignatureException",
        "AccessDeniedException",
    ),
    (
        "stepfunctions",
        lambda steps, flow: steps.describe_state_machine(
            stateMachineArn=flow.environment.outputs["MessageWorkflowArn"]
        ),
        "UnrecognizedClientException",
        "InvalidSignatureException",
        "AccessDeniedException",
    ),
]
by_service = pytest.mark.parametrize(
    ("service", "call", "unknown", "mismatch", "refused"), CALLS, ids=[call[0] for call in CALLS]
)


@by_service
def test_a_key_is_believed_only_with_its_secret_and_held_to_its_policies(
    iam_flow: Flow, service: Any, call: Any, unknown: str, mismatch: str, refused: str
) -> None:
    with (
        user(iam_flow.environment) as unprivileged,
        user(iam_flow.environment, EVERYTHING) as admin,
    ):
        wrong = admin.client(service, aws_secret_access_key="x" * 40)
        without_user = admin.client(service, aws_access_key_id="AKIAIOSFODNN7EXAMPLE")

        codes = [
            code_of(lambda client=client: call(client, iam_flow))  # type: ignore[misc]
            for client in (without_user, wrong, unprivileged.client(service), admin.client(service))
        ]

    assert codes[:3] == [unknown, mismatch, refused]
    assert codes[3] in ("", "ResourceNotFoundException")


@pytest.mark.parametrize("key", ["test", "000000000000"])
def test_the_developers_own_calls_are_unaffected(iam_flow: Flow, key: str) -> None:
    with user(iam_flow.environment) as someone:
        for service, call, *_ in CALLS:
            developer = someone.client(
                service, aws_access_key_id=key, aws_secret_access_key="whatever"
            )

            code = code_of(lambda client=developer, call=call: call(client, iam_flow))  # type: ignore[misc]

            assert code in ("", "ResourceNotFoundException")


def test_a_session_is_believed_only_with_its_token(iam_flow: Flow) -> None:
    iam = iam_flow.environment.session.client("iam")
    sts = iam_flow.environment.session.client("sts")
    name = f"test-{uuid.uuid4().hex[:8]}"
    trust = {"Effect": "Allow", "Principal": {"AWS": "000000000000"}, "Action": "sts:AssumeRole"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    arn = iam.create_role(RoleName=name, AssumeRolePolicyDocument=document)["Role"]["Arn"]
    with user(iam_flow.environment) as someone:
        session = sts.assume_role(RoleArn=arn, RoleSessionName="test")["Credentials"]
        keys = {
            "aws_access_key_id": session["AccessKeyId"],
            "aws_secret_access_key": session["SecretAccessKey"],
        }
        own = someone.client("sts", **keys, aws_session_token=session["SessionToken"])
        other = someone.client("sts", **keys, aws_session_token="another")

        identity = own.get_caller_identity()["Arn"]
        code = code_of(other.get_caller_identity)
    iam.delete_role(RoleName=name)

    assert identity == f"arn:aws:sts::000000000000:assumed-role/{name}/test"
    assert code == "InvalidClientTokenId"


def test_an_invocation_gets_the_payload_that_its_caller_signed(iam_flow: Flow) -> None:
    name = iam_flow.environment.outputs["MigrateDatabaseFunctionName"]
    payload = json.dumps({"smokeTest": {"batchId": "none"}})

    with user(iam_flow.environment, EVERYTHING) as someone:
        answer = someone.client("lambda").invoke(FunctionName=name, Payload=payload)

    assert json.loads(answer["Payload"].read()) == {"found": {}, "removed": 0}


def test_a_compressed_request_is_known_by_its_signature(iam_flow: Flow) -> None:
    # The SDK compresses a request of 10,240 bytes or more.
    data: Any = [{"MetricName": f"{number:0200}", "Value": 1.0} for number in range(100)]

    with user(iam_flow.environment, EVERYTHING) as someone:
        wrong = someone.client("cloudwatch", aws_secret_access_key="x" * 40)
        codes = [
            code_of(lambda: one.put_metric_data(Namespace="tests", MetricData=data))  # noqa: B023
            for one in (someone.client("cloudwatch"), wrong)
        ]

    assert codes == ["", "SignatureDoesNotMatch"]


def test_a_presigned_url_does_what_its_maker_may_do(iam_flow: Flow) -> None:
    bucket = iam_flow.environment.outputs["MessagesBucketName"]
    iam_flow.environment.session.client("s3").put_object(Bucket=bucket, Key="a b+c~é", Body=b"hi")
    reading = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{bucket}/*"}

    with user(iam_flow.environment, reading) as reader, user(iam_flow.environment) as unprivileged:
        answers = [got(presigned(one, bucket, "a b+c~é")) for one in (reader, unprivileged)]
        spoilt = got(presigned(reader, bucket, "a b+c~é") + "0")

    assert answers == [200, 403]
    assert spoilt == 403


def test_of_several_objects_those_are_deleted_that_may_be(iam_flow: Flow) -> None:
    bucket, name = iam_flow.environment.outputs["MessagesBucketName"], str(uuid.uuid4())
    s3 = iam_flow.environment.session.client("s3")
    for part in ("mine", "yours"):
        s3.put_object(Bucket=bucket, Key=f"{name}/{part}", Body=b"hi")
    arn = f"arn:aws:s3:::{bucket}/{name}/mine"

    with user(
        iam_flow.environment, {"Effect": "Allow", "Action": "s3:DeleteObject", "Resource": arn}
    ) as someone:
        answer = someone.client("s3").delete_objects(
            Bucket=bucket,
            Delete={"Objects": [{"Key": f"{name}/mine"}, {"Key": f"{name}/yours"}]},
        )

    assert [one["Key"] for one in answer["Deleted"]] == [f"{name}/mine"]
    [error] = answer["Errors"]
    assert (error["Key"], error["Code"]) == (f"{name}/yours", "AccessDenied")
    listed = s3.list_objects_v2(Bucket=bucket, Prefix=name)["Contents"]
    assert [one["Key"] for one in listed] == [f"{name}/yours"]


def test_a_functions_code_is_read_with_its_creators_permission(iam_flow: Flow) -> None:
    creating = {"Effect": "Allow", "Action": ["lambda:*", "iam:PassRole"], "Resource": "*"}
    bucket = iam_flow.environment.outputs["MessagesBucketName"]

    with user(iam_flow.environment, creating) as someone, pytest.raises(ClientError) as refused:
        someone.client("lambda").create_function(
            FunctionName=someone.name,
            Role="arn:aws:iam::000000000000:role/none",
            Runtime="python3.13",
            Handler="a.b",
            Code={"S3Bucket": bucket, "S3Key": "code.zip"},
        )

    error = refused.value.response["Error"]
    assert error["Code"] == "AccessDeniedException"
    assert f"permission to GetObject for {bucket}/code.zip" in error["Message"]


def test_an_explicit_deny_beats_every_allow(iam_flow: Flow) -> None:
    denied = {**NOTHING, "Action": "sqs:SendMessage"}
    url = iam_flow.environment.outputs["UnroutedQueueUrl"]

    with (
        user(iam_flow.environment, EVERYTHING, denied) as someone,
        pytest.raises(ClientError) as refused,
    ):
        someone.client("sqs").send_message(QueueUrl=url, MessageBody=str(notification()))

    message = refused.value.response["Error"]["Message"]
    assert message.endswith("with an explicit deny in an identity-based policy")


def code_of(call: Callable[[], Any]) -> str:
    try:
        call()
    except ClientError as error:
        return error.response["Error"]["Code"]
    return ""


def presigned(someone: User, bucket: str, key: str) -> str:
    url: str = someone.client("s3").generate_presigned_url(
        "get_object", Params={"Bucket": bucket, "Key": key}
    )
    return url


def got(url: str) -> int:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=10)
    connection.request("GET", f"{parts.path}?{parts.query}")
    return connection.getresponse().status
