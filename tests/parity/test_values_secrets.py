"""Secrets Manager: values that it refuses."""

import pytest

from tests.parity.endpoint import code_of
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
