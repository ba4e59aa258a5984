"""S3: values that it refuses."""

import pytest

from tests.parity.endpoint import Endpoint, as_given, code_of
from tests.parity.made.buckets import Buckets

API = "https://docs.aws.amazon.com/AmazonS3/latest/API"


@pytest.mark.behaviour(f"{API}/API_PutObject.html")
@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("ACL", "InvalidArgument"),
        ("ServerSideEncryption", "InvalidArgument"),
        ("StorageClass", "InvalidStorageClass"),
    ],
)
def test_an_object_with_a_header_of_a_value_that_does_not_exist_is_refused(
    buckets: Buckets, name: str, code: str
) -> None:
    bucket = buckets.make()

    refusal = code_of(
        lambda: buckets.s3.put_object(Bucket=bucket, Key="key", Body=b"", **{name: "none"})
    )

    assert refusal == code


@pytest.mark.behaviour("https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingMetadata.html")
def test_metadata_of_more_than_2_kb_is_refused(buckets: Buckets) -> None:
    bucket, metadata = buckets.make(), {"large": "x" * 2_048}

    refusal = code_of(
        lambda: buckets.s3.put_object(Bucket=bucket, Key="key", Body=b"", Metadata=metadata)
    )

    assert refusal == "MetadataTooLarge"


@pytest.mark.behaviour(f"{API}/API_PutBucketLifecycleConfiguration.html")
def test_a_lifecycle_rule_without_a_status_is_refused(endpoint: Endpoint, buckets: Buckets) -> None:
    bucket, client = buckets.make(), as_given(endpoint, "s3")
    rule = {"ID": "rule", "Filter": {"Prefix": ""}, "Expiration": {"Days": 1}}

    refusal = code_of(
        lambda: client.put_bucket_lifecycle_configuration(
            Bucket=bucket, LifecycleConfiguration={"Rules": [rule]}
        )
    )

    assert refusal == "MalformedXML"
