"""What MigrateDatabaseFunction is asked besides to migrate, and whose credentials it uses."""

import json
from typing import Any

import boto3
import pytest

from migrate_database.service import owner_credentials
from migrate_database.settings import Settings
from migrate_database.smoke_test import SmokeTest
from shared import clients
from shared.errors import InvalidInput, InvalidSecret
from tests.support.stubs import StrictStubber

_PLACE = {"host": "database.example.com", "port": "5432", "dbname": "mailroom"}
_LOGIN = {"username": "mailroom", "password": "secret"}


@pytest.mark.parametrize("event", [{}, {"batchId": "b"}, None, [], "smokeTest"])
def test_anything_else_is_a_migration(event: Any) -> None:
    assert SmokeTest.parse(event) is None


def test_a_smoke_test_names_its_batch() -> None:
    assert SmokeTest.parse({"smokeTest": {"batchId": "b"}}) == SmokeTest("b")


@pytest.mark.parametrize("request_", [None, {}, {"batchId": ""}, {"batchId": 1}, "b"])
def test_a_smoke_test_without_a_batch_is_refused(request_: Any) -> None:
    with pytest.raises(InvalidInput, match="batchId"):
        SmokeTest.parse({"smokeTest": request_})


def _read(monkeypatch: pytest.MonkeyPatch, database: dict[str, str], secret: Any) -> Any:
    client = boto3.client(
        "secretsmanager", "eu-west-3", aws_access_key_id="x", aws_secret_access_key="x"
    )
    monkeypatch.setattr(clients, "secrets_manager", lambda: client)
    with StrictStubber(client) as aws:
        answer = {"SecretString": json.dumps(secret)}
        aws.add_response("get_secret_value", answer, {"SecretId": "owner"})
        return owner_credentials(Settings("owner", database, "ingestion", "/var/task"))


def test_a_secret_that_rds_manages_is_completed_by_the_settings(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    owner = _read(monkeypatch, _PLACE, _LOGIN)

    assert (owner.host, owner.port, owner.dbname) == ("database.example.com", 5432, "mailroom")


def test_a_complete_secret_wins_over_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    owner = _read(monkeypatch, _PLACE, {**_LOGIN, **_PLACE, "host": "other", "port": 6000})

    assert (owner.host, owner.port) == ("other", 6000)


def test_what_neither_knows_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InvalidSecret, match="host"):
        _read(monkeypatch, {}, _LOGIN)
