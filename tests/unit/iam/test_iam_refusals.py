"""A refusal has AWS's code and the service's own words."""

from typing import Any

import pytest
from mailroom_rules.actions import Scope, refusal, required_permissions
from mailroom_rules.policies import Principal, Request, evaluate

SCOPE = Scope("eu-west-1", "000000000000")
QUEUE = "arn:aws:sqs:eu-west-1:000000000000:q"
URL = "https://sqs.eu-west-1.amazonaws.com/000000000000/q"
TOPIC = "arn:aws:sns:eu-west-1:000000000000:t"
FUNCTION = "arn:aws:lambda:eu-west-1:000000000000:function:f"
ROLE = "arn:aws:iam::000000000000:role/r"


# The wordings are the services' own: `mailroom_rules.actions.refusal` names where they were seen.
@pytest.mark.parametrize(
    ("service", "operation", "params", "code", "words"),
    [
        (
            "sns",
            "Publish",
            {"TopicArn": TOPIC},
            "AuthorizationError",
            f"SNS:Publish on resource: {TOPIC} because no identity-based policy allows the SNS:",
        ),
        (
            "sqs",
            "ReceiveMessage",
            {"QueueUrl": URL},
            "AccessDenied",
            f"sqs:receivemessage on resource: {QUEUE} because no",
        ),
        (
            "s3",
            "GetObject",
            {"Bucket": "b", "Key": "k"},
            "AccessDenied",
            's3:GetObject on resource: "arn:aws:s3:::b/k" because no',
        ),
        (
            "secretsmanager",
            "GetSecretValue",
            {"SecretId": "db/owner"},
            "AccessDeniedException",
            "secretsmanager:GetSecretValue on resource: db/owner because no",
        ),
        (
            "secretsmanager",
            "ListSecrets",
            {},
            "AccessDeniedException",
            "secretsmanager:ListSecrets because no identity-based policy allows",
        ),
        (
            "lambda",
            "Invoke",
            {"FunctionName": "f"},
            "AccessDeniedException",
            f"lambda:InvokeFunction on resource: {FUNCTION} because no",
        ),
    ],
)
def test_a_refusal_is_in_the_services_own_words(
    service: str, operation: str, params: dict[str, Any], code: str, words: str
) -> None:
    (permission,) = required_permissions(service, operation, params, SCOPE)
    request = Request.of(Principal.parse(ROLE), permission.action, permission.resource)

    refused = refusal(service, permission, evaluate(request))

    assert refused.code == code
    assert f"is not authorized to perform: {words}" in refused.message
