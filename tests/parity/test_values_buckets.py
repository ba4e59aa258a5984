"""S3: values that it refuses."""

import json

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


@pytest.mark.behaviour(
    "https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html"
)
@pytest.mark.parametrize("name", ["xn--mailroom", "sthree-mailroom", "mailroom-s3alias"])
def test_a_bucket_whose_name_is_s3_s_own_is_refused(buckets: Buckets, name: str) -> None:
    assert code_of(lambda: buckets.s3.create_bucket(Bucket=name)) == "InvalidBucketName"


@pytest.mark.behaviour(f"{API}/API_DeleteObjects.html")
def test_more_than_1000_objects_are_not_deleted_at_once(buckets: Buckets) -> None:
    bucket = buckets.make()
    objects = {"Objects": [{"Key": str(number)} for number in range(1_001)]}

    refusal = code_of(lambda: buckets.s3.delete_objects(Bucket=bucket, Delete=objects))

    assert refusal == "MalformedXML"


@pytest.mark.behaviour(f"{API}/API_PutObjectTagging.html")
def test_an_eleventh_tag_is_refused(buckets: Buckets) -> None:
    bucket = buckets.make()
    buckets.s3.put_object(Bucket=bucket, Key="key", Body=b"")
    tags = {"TagSet": [{"Key": str(number), "Value": ""} for number in range(11)]}

    refusal = code_of(lambda: buckets.s3.put_object_tagging(Bucket=bucket, Key="key", Tagging=tags))

    assert refusal == "BadRequest"


@pytest.mark.behaviour(f"{API}/API_PutBucketLifecycleConfiguration.html")
@pytest.mark.parametrize(
    ("action", "code"),
    [({}, "InvalidRequest"), ({"Expiration": {"Days": 0}}, "InvalidArgument")],
    ids=str,
)
def test_a_lifecycle_rule_that_does_nothing_or_at_once_is_refused(
    buckets: Buckets, action: dict[str, object], code: str
) -> None:
    bucket = buckets.make()
    rule = {"ID": "rule", "Status": "Enabled", "Filter": {"Prefix": ""}, **action}

    refusal = code_of(
        lambda: buckets.s3.put_bucket_lifecycle_configuration(
            Bucket=bucket, LifecycleConfiguration={"Rules": [rule]}
        )
    )

    assert refusal == code


@pytest.mark.behaviour(f"{API}/API_PutBucketPolicy.html")
def test_a_policy_about_another_bucket_is_refused(buckets: Buckets) -> None:
    bucket = buckets.make()
    statement = {"Effect": "Deny", "Principal": "*", "Action": "s3:GetObject"}
    resource = {"Resource": f"arn:aws:s3:::{bucket}-other/*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [{**statement, **resource}]})

    refusal = code_of(lambda: buckets.s3.put_bucket_policy(Bucket=bucket, Policy=policy))

    assert refusal == "MalformedPolicy"


@pytest.mark.behaviour(
    "https://docs.aws.amazon.com/AmazonS3/latest/userguide/about-object-ownership.html"
)
def test_a_bucket_has_no_access_control_lists(buckets: Buckets) -> None:
    bucket, s3 = buckets.make(), buckets.s3

    def put() -> str:
        return code_of(
            lambda: s3.put_object(Bucket=bucket, Key="key", Body=b"", ACL="authenticated-read")
        )

    refused = put()
    of_bucket = code_of(lambda: s3.put_bucket_acl(Bucket=bucket, ACL="private"))
    s3.put_bucket_ownership_controls(
        Bucket=bucket, OwnershipControls={"Rules": [{"ObjectOwnership": "ObjectWriter"}]}
    )

    assert refused == of_bucket == "AccessControlListNotSupported"
    # Public access is blocked for a new bucket, also where there are lists.
    assert put() in ("", "AccessDenied")
