"""Secrets Manager: values, their versions, and passwords that a stack generates."""

import json
import string

import pytest

from tests.parity.endpoint import code_of
from tests.parity.made import new_name
from tests.parity.made.functions import Functions
from tests.parity.made.secrets import Secrets
from tests.parity.made.stacks import Stacks

API = "https://docs.aws.amazon.com/secretsmanager/latest/apireference"


@pytest.mark.behaviour(f"{API}/API_PutSecretValue.html")
def test_a_new_value_is_current_and_the_one_before_can_still_be_read(secrets: Secrets) -> None:
    secret = secrets.make("old")

    secrets.client.put_secret_value(SecretId=secret, SecretString="new")

    assert secrets.read(secret) == "new"
    assert secrets.read(secret, VersionStage="AWSPREVIOUS") == "old"


@pytest.mark.behaviour(f"{API}/API_GetSecretValue.html")
def test_a_secret_that_is_missing_or_about_to_be_deleted_is_told_by_its_error(
    secrets: Secrets,
) -> None:
    secret = secrets.make("x")
    secrets.client.delete_secret(SecretId=secret, RecoveryWindowInDays=7)

    codes = [code_of(lambda: secrets.read(new_name())), code_of(lambda: secrets.read(secret))]

    assert codes == ["ResourceNotFoundException", "InvalidRequestException"]


@pytest.mark.behaviour(
    "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/"
    "aws-properties-secretsmanager-secret-generatesecretstring.html"
)
def test_a_stack_generates_a_password_into_its_template_of_a_secret(
    secrets: Secrets, stacks: Stacks
) -> None:
    generated = {
        "SecretStringTemplate": '{"username": "ingestion"}',
        "GenerateStringKey": "password",
        "PasswordLength": 32,
        "ExcludePunctuation": True,
    }
    secret = {
        "Type": "AWS::SecretsManager::Secret",
        "Properties": {"GenerateSecretString": generated},
    }
    outputs = {"Arn": {"Value": {"Ref": "Secret"}}}

    stack = stacks.make({"Resources": {"Secret": secret}, "Outputs": outputs})

    value = json.loads(secrets.read(stacks.outputs(stack)["Arn"]))
    assert value["username"] == "ingestion"
    assert len(value["password"]) == 32
    assert set(value["password"]) <= set(string.ascii_letters + string.digits)


@pytest.mark.behaviour(
    "https://docs.aws.amazon.com/secretsmanager/latest/userguide"
    "/rotating-secrets-required-permissions-function.html"
)
def test_a_secret_is_rotated_by_a_function_that_secrets_manager_may_invoke(
    secrets: Secrets, functions: Functions
) -> None:
    secret = secrets.make("x")
    function = functions.make("def handler(event, context): pass")

    def rotate() -> str:
        rules = {"AutomaticallyAfterDays": 30}
        return code_of(
            lambda: secrets.client.rotate_secret(
                SecretId=secret, RotationLambdaARN=function.arn, RotationRules=rules
            )
        )

    before = rotate()
    functions.client.add_permission(
        FunctionName=function.name,
        StatementId="rotation",
        Action="lambda:InvokeFunction",
        Principal="secretsmanager.amazonaws.com",
    )

    assert (before, rotate()) == ("AccessDeniedException", "")
