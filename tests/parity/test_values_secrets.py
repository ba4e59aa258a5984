"""Secrets Manager: values that it refuses."""

import pytest

from tests.parity.endpoint import Endpoint, code_of
from tests.parity.made import new_name
from tests.parity.made.secrets import Secrets

API = "https://docs.aws.amazon.com/secretsmanager/latest/apireference"


@pytest.mark.behaviour(f"{API}/API_CreateSecret.html")
def test_a_secret_of_more_than_64_kb_is_refused_and_the_error_has_not_its_value(
    secrets: Secrets,
) -> None:
    with pytest.raises(secrets.client.exceptions.ClientError) as refused:
        secrets.make("s" * 65_537)

    error = refused.value.response["Error"]
    assert error["Code"] == "ValidationException"
    assert "sss" not in error["Message"]


@pytest.mark.behaviour(f"{API}/API_DeleteSecret.html")
def test_a_secret_is_not_kept_for_fewer_than_7_days(secrets: Secrets) -> None:
    secret = secrets.make("value")

    refusal = code_of(lambda: secrets.client.delete_secret(SecretId=secret, RecoveryWindowInDays=6))

    assert refusal == "InvalidParameterException"


@pytest.mark.behaviour(f"{API}/API_CreateSecret.html")
def test_a_secret_that_is_text_and_binary_is_refused(endpoint: Endpoint) -> None:
    client = endpoint.client("secretsmanager")

    refusal = code_of(
        lambda: client.create_secret(Name=new_name(), SecretString="a", SecretBinary=b"b")
    )

    assert refusal == "InvalidParameterException"


@pytest.mark.behaviour(f"{API}/API_PutResourcePolicy.html")
def test_a_policy_of_a_secret_that_is_no_json_is_refused(secrets: Secrets) -> None:
    secret = secrets.make("value")

    refusal = code_of(
        lambda: secrets.client.put_resource_policy(SecretId=secret, ResourcePolicy="{")
    )

    assert refusal == "MalformedPolicyDocumentException"


@pytest.mark.behaviour(f"{API}/API_PutSecretValue.html")
def test_a_secret_that_is_about_to_be_deleted_gets_no_value(secrets: Secrets) -> None:
    secret = secrets.make("value")
    secrets.client.delete_secret(SecretId=secret)

    refusal = code_of(
        lambda: secrets.client.put_secret_value(SecretId=secret, SecretString="other")
    )

    assert refusal == "InvalidRequestException"
