"""Settings, secrets and deadlines."""

import json
from collections.abc import Iterator
from typing import Any

import botocore.session
import pytest

from process_messages.settings import Settings
from shared.context import Deadline
from shared.errors import InvalidSecret, MissingSetting, SecretUnavailable
from shared.secrets import Credentials, credentials, read_secret
from tests.support.stubs import StrictStubber

ARN = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:database"
SECRET = {"host": "h", "port": 5432, "dbname": "d", "username": "u", "password": "hidden"}
VARIABLES = {
    "DATABASE_SECRET_ARN": ARN,
    "QUEUES": "notification=notifications,alert=alerts",
    "CONSUMERS": "4",
    "CONSUMPTION": "workflow",
    "SETTLEMENT_LIMIT_SECONDS": "300",
}


@pytest.fixture
def vault() -> Iterator[StrictStubber]:
    client: Any = botocore.session.Session().create_client(
        "secretsmanager",
        region_name="eu-central-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )
    with StrictStubber(client) as stubber:
        yield stubber


def client_of(vault: StrictStubber) -> Any:
    return vault.client


def test_settings_are_read_with_their_types(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in VARIABLES.items():
        monkeypatch.setenv(name, value)

    settings = Settings.from_environment()

    assert (settings.consumers, settings.polls) == (4, True)
    assert settings.queues == (("notification", "notifications"), ("alert", "alerts"))


@pytest.mark.parametrize(
    ("name", "value"),
    [(name, "") for name in VARIABLES]
    + [("CONSUMERS", "0"), ("CONSUMERS", "²"), ("CONSUMPTION", "polling")],
)
def test_a_setting_that_is_missing_or_malformed_is_named(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    for known, good in VARIABLES.items():
        monkeypatch.setenv(known, good)
    monkeypatch.setenv(name, value)

    with pytest.raises(MissingSetting, match=name):
        Settings.from_environment()


def test_credentials_are_read_in_the_shape_of_rds(vault: StrictStubber) -> None:
    vault.add_response("get_secret_value", {"SecretString": json.dumps(SECRET)}, {"SecretId": ARN})

    found = credentials(read_secret(client_of(vault), ARN), ARN)

    assert found == Credentials("h", 5432, "d", "u", "hidden")


def test_a_port_may_be_a_text() -> None:
    assert credentials(SECRET | {"port": "6543"}, ARN).port == 6543


def test_a_password_shows_in_no_representation() -> None:
    assert "hidden" not in repr(credentials(SECRET, ARN))


@pytest.mark.parametrize("text", ["hidden", '"hidden"', "[]", '{"password": "hidden"'])
def test_a_secret_that_is_no_object_is_refused_without_showing_it(
    vault: StrictStubber, text: str
) -> None:
    vault.add_response("get_secret_value", {"SecretString": text})

    with pytest.raises(InvalidSecret) as caught:
        read_secret(client_of(vault), ARN)

    assert "hidden" not in str(caught.value)


@pytest.mark.parametrize(
    ("change", "names"),
    [
        ({"host": None}, "host"),
        ({"port": "x"}, "port"),
        ({"password": ""}, "password"),
        ({"password": "hidden\0"}, "password"),
        ({"username": 1, "dbname": 2}, "dbname, username"),
    ],
)
def test_what_a_secret_lacks_is_named(change: dict[str, Any], names: str) -> None:
    with pytest.raises(InvalidSecret, match=f"lacks a usable {names}$") as caught:
        credentials(SECRET | change, ARN)

    assert "hidden" not in str(caught.value)


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("ResourceNotFoundException", InvalidSecret),
        ("AccessDeniedException", InvalidSecret),
        ("InternalServiceError", SecretUnavailable),
        ("ThrottlingException", SecretUnavailable),
    ],
)
def test_a_secret_that_can_not_be_read_may_be_there_later_or_not(
    vault: StrictStubber, code: str, kind: type[Exception]
) -> None:
    vault.add_client_error("get_secret_value", code)

    with pytest.raises(kind, match=code):
        read_secret(client_of(vault), ARN)


def test_a_deadline_leaves_its_margin_and_is_never_negative() -> None:
    class Context:
        def get_remaining_time_in_millis(self) -> int:
            return 2_000

    assert Deadline.before_timeout(Context(), 3).passed()
    assert 0 < Deadline.before_timeout(Context(), 1).remaining() <= 1
