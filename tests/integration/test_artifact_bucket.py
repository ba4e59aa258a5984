"""The artifact bucket: what `mailroom setup` makes of it, and how it goes again."""

import json
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mailroom.deployment.environment_config import EnvironmentConfig
from mailroom.environments.environment import Environment
from mailroom.promotion.account import Account
from mailroom.promotion.buckets import bucket_exists, set_up_bucket
from mailroom.promotion.deletion import delete_bucket
from mailroom.promotion.publishing import offer_code
from mailroom.promotion.release import Release
from mailroom.promotion.release_history import earlier, promotions, record


@pytest.fixture
def account(environment: Environment) -> Iterator[Account]:
    """An account with an artifact bucket of its own."""
    session = environment.session
    identity = session.client("sts").get_caller_identity()
    name = f"artifacts-{uuid.uuid4().hex[:12]}"
    config = EnvironmentConfig("test", session.region_name, "stack", bucket=name)
    account = Account(config, session, identity["Account"], identity["Arn"])
    set_up_bucket(account)
    yield account
    if bucket_exists(account):
        delete_bucket(account)


@pytest.fixture
def release(tmp_path: Path) -> Release:
    archive = tmp_path / f"functions-x86_64-{uuid.uuid4().hex}.zip"
    archive.write_bytes(b"code")
    return Release(archive, "x86_64", "Resources: {}\n")


def _statements(account: Account) -> list[dict[str, Any]]:
    s3 = account.session.client("s3")
    policy = json.loads(s3.get_bucket_policy(Bucket=account.bucket)["Policy"])
    return list(policy["Statement"])


def test_it_is_versioned_encrypted_private_and_forgets_what_is_old(account: Account) -> None:
    s3, bucket = account.session.client("s3"), account.bucket

    public = s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"]
    encryption = s3.get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"]
    rules = s3.get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"]

    assert s3.get_bucket_versioning(Bucket=bucket)["Status"] == "Enabled"
    assert all(public.values())
    assert encryption["Rules"][0]["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"] == "AES256"
    assert {rule["ID"] for rule in rules} == {"ExpireOldArtifacts", "ExpireOldVersions"}
    assert [one["Sid"] for one in _statements(account)] == ["OnlyByTls"]


def test_to_set_it_up_again_changes_nothing(account: Account) -> None:
    before = _statements(account)

    created = set_up_bucket(account)

    assert not created
    assert _statements(account) == before


def test_the_repository_may_read_artifacts_for_this_account_alone(
    account: Account, release: Release
) -> None:
    offer_code(account, release)
    offer_code(account, release)

    tls, reads = _statements(account)
    assert tls["Sid"] == "OnlyByTls"
    assert reads["Resource"].endswith(f"{account.bucket}/artifacts/*")
    assert reads["Condition"]["StringEquals"]["aws:SourceAccount"] == account.id


def test_it_goes_with_every_version_in_it(account: Account) -> None:
    s3 = account.session.client("s3")
    for body in (b"1", b"2"):
        s3.put_object(Bucket=account.bucket, Key="artifacts/code.zip", Body=body)
    s3.delete_object(Bucket=account.bucket, Key="artifacts/code.zip")

    delete_bucket(account)

    assert not bucket_exists(account)


def test_the_log_keeps_failures_and_a_rollback_goes_to_the_last_success(
    account: Account, release: Release, tmp_path: Path
) -> None:
    offer_code(account, release)
    key = {"CodeKey": release.code_key}
    for digest, result in (("a" * 64, "promoted"), ("b" * 64, "failed")):
        record(
            account,
            tmp_path,
            digest,
            release.template_key,
            key,
            action="promote",
            result=result,
        )

    found = earlier(account, None, None)

    assert [one.result for one in promotions(account)] == ["promoted", "failed"]
    assert found.hash == "a" * 64
