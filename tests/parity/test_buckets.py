"""S3: objects, their versions, and what is not there."""

import json

import pytest

from tests.parity.endpoint import Endpoint, code_of
from tests.parity.made import new_name
from tests.parity.made.buckets import Buckets
from tests.parity.made.queues import Queue, Queues
from tests.parity.made.roles import Roles, allow

API = "https://docs.aws.amazon.com/AmazonS3/latest/API"
CONTENT = bytes(range(256)) * 4096


@pytest.mark.behaviour(f"{API}/API_GetObject.html")
def test_an_object_is_read_as_it_was_written_whole_or_in_parts(buckets: Buckets) -> None:
    bucket = buckets.make()
    key = "batches/é b+c~.jsonl"
    buckets.put(bucket, key, CONTENT)

    body = buckets.s3.get_object(Bucket=bucket, Key=key)["Body"]
    part = buckets.s3.get_object(Bucket=bucket, Key=key, Range="bytes=255-257")["Body"]

    assert b"".join(body.iter_chunks(1 << 16)) == CONTENT
    assert part.read() == CONTENT[255:258]


@pytest.mark.behaviour(f"{API}/ErrorResponses.html")
def test_what_is_not_there_is_told_by_its_error(buckets: Buckets) -> None:
    bucket = buckets.make()

    codes = [
        code_of(lambda: buckets.s3.get_object(Bucket=bucket, Key="missing")),
        code_of(lambda: buckets.s3.get_object(Bucket=new_name(), Key="missing")),
        code_of(lambda: buckets.s3.head_bucket(Bucket=new_name())),
    ]

    assert codes == ["NoSuchKey", "NoSuchBucket", "404"]


@pytest.mark.behaviour(f"{API}/API_GetObject.html")
def test_a_key_that_is_not_there_is_forbidden_to_those_who_may_not_list(
    buckets: Buckets, roles: Roles
) -> None:
    bucket = buckets.make()
    arn = f"arn:aws:s3:::{bucket}"
    reading = allow("s3:GetObject", f"{arn}/*")
    listing = allow("s3:ListBucket", arn)
    reader, lister = roles.make_user(reading), roles.make_user(reading, listing)

    def code(user: object) -> str:
        client = user.client("s3")  # type: ignore[attr-defined]
        return code_of(lambda: client.get_object(Bucket=bucket, Key="missing"))

    roles.settle(lambda: code(lister) == "NoSuchKey")
    assert code(reader) == "AccessDenied"


@pytest.mark.behaviour("https://docs.aws.amazon.com/AmazonS3/latest/userguide/Versioning.html")
def test_a_bucket_with_versions_keeps_what_was_overwritten_or_deleted(buckets: Buckets) -> None:
    bucket = buckets.make()
    status = {"Status": "Enabled"}
    buckets.s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration=status)
    for body in (b"old", b"new"):
        buckets.put(bucket, "key", body)
    buckets.s3.delete_object(Bucket=bucket, Key="key")

    found = buckets.s3.list_object_versions(Bucket=bucket)

    bodies = [
        buckets.s3.get_object(Bucket=bucket, Key="key", VersionId=one["VersionId"])["Body"].read()
        for one in found["Versions"]
    ]
    assert bodies == [b"new", b"old"]
    assert [one["IsLatest"] for one in found["DeleteMarkers"]] == [True]
    assert code_of(lambda: buckets.s3.get_object(Bucket=bucket, Key="key")) == "NoSuchKey"


@pytest.mark.behaviour(f"{API}/API_DeleteBucket.html")
def test_a_bucket_that_is_not_empty_is_not_deleted(buckets: Buckets) -> None:
    bucket = buckets.make()
    buckets.put(bucket, "key", b"x")

    code = code_of(lambda: buckets.s3.delete_bucket(Bucket=bucket))

    assert code == "BucketNotEmpty"


@pytest.mark.behaviour(
    "https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html"
)
def test_the_sequencer_of_a_bucket_s_events_grows(
    endpoint: Endpoint, buckets: Buckets, queues: Queues
) -> None:
    bucket = buckets.make()
    queue = queues.make(sender=f"arn:aws:s3:::{bucket}")
    to_queue = {"QueueArn": queue.arn, "Events": ["s3:ObjectCreated:*"]}
    buckets.s3.put_bucket_notification_configuration(
        Bucket=bucket, NotificationConfiguration={"QueueConfigurations": [to_queue]}
    )

    buckets.put(bucket, "key", b"1")
    buckets.put(bucket, "key", b"2!")

    sequencers: dict[int, str] = {}

    def both() -> bool:
        sequencers.update(_objects(queue))
        return len(sequencers) == 2

    endpoint.until(both, "two events")
    assert sequencers[1] < sequencers[2]


def _objects(queue: Queue) -> dict[int, str]:
    """The sequencers of the events in a queue, by the size of the object."""
    records = [
        record
        for message in queue.receive()
        for record in json.loads(message["Body"]).get("Records", [])
    ]
    objects = [record["s3"]["object"] for record in records]
    return {one["size"]: one["sequencer"] for one in objects}
