"""Objects that S3 acknowledged survive a LocalStack that is killed with -9."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.durable_engine import DurableEngine, durable_engine

PART = 5 * 1024 * 1024


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DurableEngine]:
    with durable_engine(tmp_path_factory.mktemp("durable")) as engine:
        yield engine


def bucket(engine: DurableEngine, name: str) -> Any:
    """Make a bucket, as `up` does; a client."""
    s3 = engine.session.client("s3")
    s3.create_bucket(Bucket=name)
    return s3


def contents(s3: Any, name: str) -> dict[str, bytes]:
    listed = s3.list_objects_v2(Bucket=name).get("Contents", [])
    keys = [one["Key"] for one in listed]
    return {key: s3.get_object(Bucket=name, Key=key)["Body"].read() for key in keys}


def test_objects_survive_a_localstack_that_is_killed(engine: DurableEngine) -> None:
    s3 = bucket(engine, "plain")
    sent = s3.put_object(
        Bucket="plain",
        Key="a/ß b",
        Body=b"content" * 200_000,
        ContentType="text/csv",
        Metadata={"origin": "test"},
        ChecksumAlgorithm="SHA256",
    )
    s3.put_object(Bucket="plain", Key="again", Body=b"first")
    s3.put_object(Bucket="plain", Key="again", Body=b"second")
    s3.copy_object(Bucket="plain", Key="copy", CopySource="plain/again")
    for key in ("gone", "gone too", "gone as well"):
        s3.put_object(Bucket="plain", Key=key, Body=b"gone")
    s3.delete_object(Bucket="plain", Key="gone")
    s3.delete_objects(
        Bucket="plain", Delete={"Objects": [{"Key": "gone too"}, {"Key": "gone as well"}]}
    )
    before = s3.head_object(Bucket="plain", Key="a/ß b", ChecksumMode="ENABLED")

    engine.restart()
    s3 = bucket(engine, "plain")
    after = s3.head_object(Bucket="plain", Key="a/ß b", ChecksumMode="ENABLED")

    assert contents(s3, "plain") == {
        "a/ß b": b"content" * 200_000,
        "again": b"second",
        "copy": b"second",
    }
    for name in ("ETag", "LastModified", "ContentType", "Metadata", "ChecksumSHA256"):
        assert after[name] == before[name]
    assert after["ETag"] == sent["ETag"]


def test_a_multipart_upload_that_was_completed_survives(engine: DurableEngine) -> None:
    s3 = bucket(engine, "parts")
    upload = s3.create_multipart_upload(Bucket="parts", Key="large")["UploadId"]
    where = {"Bucket": "parts", "Key": "large", "UploadId": upload}
    parts = [
        {
            "PartNumber": number,
            "ETag": s3.upload_part(**where, PartNumber=number, Body=body)["ETag"],
        }
        for number, body in ((1, b"x" * PART), (2, b"end"))
    ]
    done = s3.complete_multipart_upload(**where, MultipartUpload={"Parts": parts})

    engine.restart()
    found = bucket(engine, "parts").get_object(Bucket="parts", Key="large")

    assert found["ETag"] == done["ETag"]
    assert found["Body"].read() == b"x" * PART + b"end"


def test_versions_and_delete_markers_survive(engine: DurableEngine) -> None:
    def versioned() -> Any:
        s3 = bucket(engine, "versions")
        s3.put_bucket_versioning(Bucket="versions", VersioningConfiguration={"Status": "Enabled"})
        return s3

    def known(s3: Any) -> list[tuple[str, str, bool]]:
        listed = s3.list_object_versions(Bucket="versions")
        found = [*listed.get("Versions", []), *listed.get("DeleteMarkers", [])]
        return sorted((one["Key"], one["VersionId"], one["IsLatest"]) for one in found)

    s3 = versioned()
    first = s3.put_object(Bucket="versions", Key="kept", Body=b"first")["VersionId"]
    s3.put_object(Bucket="versions", Key="kept", Body=b"second")
    s3.put_object(Bucket="versions", Key="deleted", Body=b"old")
    s3.delete_object(Bucket="versions", Key="deleted")
    before = known(s3)

    engine.restart()
    s3 = versioned()

    assert known(s3) == before
    assert contents(s3, "versions") == {"kept": b"second"}
    assert s3.get_object(Bucket="versions", Key="kept", VersionId=first)["Body"].read() == b"first"
