"""IAM: who is refused, and by which error."""

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.parity.endpoint import Endpoint, code_of
from tests.parity.made.functions import Functions
from tests.parity.made.queues import Queues
from tests.parity.made.roles import Roles, User, allow
from tests.parity.made.secrets import Secrets
from tests.parity.made.topics import Topics

IAM = "https://docs.aws.amazon.com/IAM/latest/UserGuide"
ACTIONS = "https://docs.aws.amazon.com/service-authorization/latest/reference"


@pytest.mark.behaviour(f"{IAM}/reference_policies_evaluation-logic.html")
def test_a_caller_without_a_permission_is_refused_by_the_error_of_each_service(
    queues: Queues, topics: Topics, secrets: Secrets, roles: Roles
) -> None:
    queue, topic, secret = queues.make(), topics.make(), secrets.make("x")
    user = roles.make_user()
    calls: dict[str, Callable[[Any], Any]] = {
        "sqs": lambda sqs: sqs.receive_message(QueueUrl=queue.url),
        "sns": lambda sns: sns.publish(TopicArn=topic.arn, Message="x"),
        "secretsmanager": lambda client: client.get_secret_value(SecretId=secret),
        "stepfunctions": lambda steps: steps.list_state_machines(),
    }

    codes = {
        service: code_of(lambda call=call, service=service: call(user.client(service)))  # type: ignore[misc]
        for service, call in calls.items()
    }

    assert codes == {
        "sqs": "AccessDenied",
        "sns": "AuthorizationError",
        "secretsmanager": "AccessDeniedException",
        "stepfunctions": "AccessDeniedException",
    }


@pytest.mark.behaviour(f"{IAM}/troubleshoot_access-denied.html")
def test_a_refusal_names_the_caller_the_action_and_the_resource(
    topics: Topics, roles: Roles
) -> None:
    topic = topics.make()
    user = roles.make_user()

    with pytest.raises(ClientError) as refused:
        user.client("sns").publish(TopicArn=topic.arn, Message="x")

    message = refused.value.response["Error"]["Message"]
    assert f"User: {user.arn} is not authorized to perform: SNS:Publish" in message
    assert f"on resource: {topic.arn}" in message
    assert "because no identity-based policy allows the SNS:Publish action" in message


@pytest.mark.behaviour(f"{IAM}/reference_policies_evaluation-logic_policy-eval-denyallow.html")
def test_an_explicit_deny_beats_every_allow(queues: Queues, roles: Roles) -> None:
    queue = queues.make()
    deny = {"Effect": "Deny", "Action": "sqs:SendMessage", "Resource": queue.arn}
    sqs = roles.make_user(allow("sqs:*", "*"), deny).client("sqs")

    roles.settle(lambda: not code_of(lambda: sqs.receive_message(QueueUrl=queue.url)))

    code = code_of(lambda: sqs.send_message(QueueUrl=queue.url, MessageBody="x"))
    assert code == "AccessDenied"


@pytest.mark.behaviour(f"{ACTIONS}/list_amazonsns.html")
def test_to_publish_a_batch_takes_the_permission_to_publish(topics: Topics, roles: Roles) -> None:
    topic, other = topics.make(), topics.make()
    sns = roles.make_user(allow("sns:Publish", topic.arn)).client("sns")
    entries = [{"Id": "0", "Message": "x"}]

    def code(arn: str) -> str:
        return code_of(lambda: sns.publish_batch(TopicArn=arn, PublishBatchRequestEntries=entries))

    roles.settle(lambda: code(topic.arn) == "")
    assert code(other.arn) == "AuthorizationError"


@pytest.mark.behaviour(f"{ACTIONS}/list_amazonsqs.html")
def test_batches_of_deletions_and_visibility_take_the_permissions_of_single_ones(
    queues: Queues, roles: Roles
) -> None:
    queue = queues.make()
    single = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:ChangeMessageVisibility"]
    sqs = roles.make_user(allow(single, queue.arn)).client("sqs")
    where = {"QueueUrl": queue.url}
    queue.send("x")

    roles.settle(lambda: not code_of(lambda: sqs.receive_message(**where, VisibilityTimeout=0)))

    handle = {"Id": "0", "ReceiptHandle": queue.next()["ReceiptHandle"]}
    hidden = sqs.change_message_visibility_batch(
        **where, Entries=[{**handle, "VisibilityTimeout": 30}]
    )
    deleted = sqs.delete_message_batch(**where, Entries=[handle])
    assert [len(one["Successful"]) for one in (hidden, deleted)] == [1, 1]
    assert code_of(lambda: sqs.send_message(**where, MessageBody="x")) == "AccessDenied"


@pytest.mark.behaviour("https://docs.aws.amazon.com/STS/latest/APIReference/CommonErrors.html")
def test_an_access_key_that_does_not_exist_is_refused(endpoint: Endpoint) -> None:
    unknown = User(endpoint, "AKIAIOSFODNN7EXAMPLE", "x" * 40)

    assert code_of(unknown.client("sts").get_caller_identity) == "InvalidClientTokenId"


@pytest.mark.behaviour(f"{IAM}/reference_sigv-create-signed-request.html")
def test_a_wrong_secret_key_is_refused(endpoint: Endpoint, roles: Roles) -> None:
    user = roles.make_user()
    impostor = User(endpoint, user.key, "x" * 40)

    assert code_of(impostor.client("sts").get_caller_identity) == "SignatureDoesNotMatch"


@pytest.mark.behaviour(
    "https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html"
)
def test_a_function_with_a_role_that_does_not_trust_lambda_is_refused(
    functions: Functions, roles: Roles
) -> None:
    given = functions.settings("handler = print", Role=roles.make("states"))

    code = code_of(lambda: functions.client.create_function(**given))

    assert code == "InvalidParameterValueException"


@pytest.mark.behaviour(
    "https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html"
)
def test_a_function_may_do_what_its_role_may_do_and_no_more(
    functions: Functions, roles: Roles, queues: Queues, endpoint: Endpoint
) -> None:
    allowed, denied = queues.make(), queues.make()
    role = roles.make("lambda", allow("sqs:SendMessage", allowed.arn))
    sends = """
        import boto3

        def handler(event, context):
            try:
                boto3.client("sqs").send_message(QueueUrl=event, MessageBody="x")
            except boto3.client("sqs").exceptions.ClientError as error:
                return error.response["Error"]["Code"]
    """
    function = functions.make(sends, Role=role)

    endpoint.until(lambda: function.invoke(allowed.url).value is None, "the role to be known")

    assert function.invoke(denied.url).value == "AccessDenied"
