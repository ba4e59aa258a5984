"""S3: presigned URLs."""

from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import pytest
import urllib3
from botocore.config import Config

from tests.parity.endpoint import Endpoint
from tests.parity.made.buckets import Buckets
from tests.parity.made.roles import Roles, allow, document

PAGE = "https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html"
USER_GUIDE = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-presigned-url.html"
MISMATCH = (403, "SignatureDoesNotMatch")
DENIED = (403, "AccessDenied")


@pytest.mark.behaviour(PAGE)
def test_a_url_is_good_for_what_was_signed(endpoint: Endpoint, buckets: Buckets) -> None:
    bucket = buckets.make()
    buckets.put(bucket, "a b+c~é", b"one")
    url = signed(endpoint, "get_object", bucket, "a b+c~é")

    answer = urllib3.request("GET", url)

    assert (answer.status, answer.data) == (200, b"one")


@pytest.mark.behaviour(PAGE)
def test_a_url_whose_signature_or_key_was_changed_is_refused(
    endpoint: Endpoint, buckets: Buckets
) -> None:
    bucket = buckets.make()
    for key in ("one", "two"):
        buckets.put(bucket, key, b"x")
    url = signed(endpoint, "get_object", bucket, "one")

    spoilt = answer_of("GET", changed(url, "X-Amz-Signature", "0" * 64))
    other = answer_of("GET", url.replace("/one?", "/two?"))

    assert [spoilt, other] == [MISMATCH, MISMATCH]


@pytest.mark.behaviour(PAGE)
def test_a_url_is_not_good_for_another_method(endpoint: Endpoint, buckets: Buckets) -> None:
    bucket = buckets.make()
    buckets.put(bucket, "key", b"one")
    url = signed(endpoint, "get_object", bucket, "key")

    answers = [answer_of("PUT", url, body=b"two"), answer_of("DELETE", url)]

    assert answers == [MISMATCH, MISMATCH]
    assert buckets.s3.get_object(Bucket=bucket, Key="key")["Body"].read() == b"one"


@pytest.mark.behaviour(PAGE)
def test_a_url_for_longer_than_was_signed_is_refused(endpoint: Endpoint, buckets: Buckets) -> None:
    bucket = buckets.make()
    buckets.put(bucket, "key", b"one")
    url = signed(endpoint, "get_object", bucket, "key")

    assert answer_of("GET", changed(url, "X-Amz-Expires", "604800")) == MISMATCH


@pytest.mark.behaviour(PAGE)
def test_a_url_that_has_expired_is_refused(endpoint: Endpoint, buckets: Buckets) -> None:
    bucket = buckets.make()
    buckets.put(bucket, "key", b"one")
    url = signed(endpoint, "get_object", bucket, "key", seconds=1)

    endpoint.until(lambda: answer_of("GET", url) == DENIED, "the URL to expire")

    assert b"Request has expired" in urllib3.request("GET", url).data


@pytest.mark.behaviour(PAGE)
def test_a_header_that_was_signed_must_be_sent_as_it_was(
    endpoint: Endpoint, buckets: Buckets
) -> None:
    bucket = buckets.make()
    url = signed(endpoint, "put_object", bucket, "key", ContentType="text/plain")

    other = answer_of("PUT", url, body=b"x", headers={"Content-Type": "text/html"})
    same = answer_of("PUT", url, body=b"x", headers={"Content-Type": "text/plain"})

    assert (other, same) == (MISMATCH, (200, ""))


@pytest.mark.behaviour(PAGE)
def test_a_header_of_amazon_s_that_was_not_signed_is_refused(
    endpoint: Endpoint, buckets: Buckets
) -> None:
    bucket = buckets.make()
    url = signed(endpoint, "put_object", bucket, "key")

    answer = answer_of("PUT", url, body=b"x", headers={"x-amz-meta-a": "b"})

    assert answer == DENIED


@pytest.mark.behaviour(USER_GUIDE)
@pytest.mark.parametrize("version", ["s3v4", "s3"])
def test_a_url_of_a_role_s_session_is_good_until_it_is_changed(
    endpoint: Endpoint, buckets: Buckets, roles: Roles, version: str
) -> None:
    bucket = buckets.make()
    for key in ("one", "two"):
        buckets.put(bucket, key, key.encode())
    role = roles.make("lambda", allow("s3:GetObject", f"arn:aws:s3:::{bucket}/*"))
    _open_to_account(endpoint, roles, role)
    sts = endpoint.client("sts")
    credentials = endpoint.accepted(
        lambda: sts.assume_role(RoleArn=role, RoleSessionName="urls"), "AccessDenied"
    )["Credentials"]
    client = endpoint.client(
        "s3",
        aws_access_key_id=credentials["AccessKeyId"],
        aws_secret_access_key=credentials["SecretAccessKey"],
        aws_session_token=credentials["SessionToken"],
        config=Config(signature_version=version),
    )
    url = client.generate_presigned_url("get_object", Params={"Bucket": bucket, "Key": "one"})

    endpoint.until_known(lambda: answer_of("GET", url)[0] == 200)

    assert urllib3.request("GET", url).data == b"one"
    assert answer_of("GET", url.replace("/one?", "/two?")) == MISMATCH


@pytest.mark.behaviour(USER_GUIDE)
def test_a_url_of_signature_version_2_is_verified_too(endpoint: Endpoint, buckets: Buckets) -> None:
    bucket = buckets.make()
    for key in ("one", "two"):
        buckets.put(bucket, key, key.encode())
    s3 = endpoint.client("s3", config=Config(signature_version="s3"))
    parameters = {"Bucket": bucket, "Key": "one"}
    url = s3.generate_presigned_url("get_object", Params=parameters, ExpiresIn=60)
    expired = s3.generate_presigned_url("get_object", Params=parameters, ExpiresIn=-1)

    assert urllib3.request("GET", url).data == b"one"
    assert answer_of("GET", url.replace("/one?", "/two?")) == MISMATCH
    assert answer_of("GET", expired) == DENIED


def signed(
    endpoint: Endpoint, operation: str, bucket: str, key: str, seconds: int = 60, **parameters: str
) -> str:
    """A presigned URL of Signature Version 4."""
    s3 = endpoint.client("s3", config=Config(signature_version="s3v4"))
    return str(
        s3.generate_presigned_url(
            operation, Params={"Bucket": bucket, "Key": key, **parameters}, ExpiresIn=seconds
        )
    )


def changed(url: str, name: str, value: str) -> str:
    """A URL with another value of a parameter."""
    parts = urlsplit(url)
    query = urlencode({**dict(parse_qsl(parts.query)), name: value})
    return urlunsplit(parts._replace(query=query))


def answer_of(method: str, url: str, **options: Any) -> tuple[int, str]:
    """The status of an answer, and its error code."""
    answer = urllib3.request(method, url, **options)
    return answer.status, answer.data.decode().partition("<Code>")[2].partition("</Code>")[0]


def _open_to_account(endpoint: Endpoint, roles: Roles, role: str) -> None:
    """Let the account assume a role."""
    trust = {
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{endpoint.account}:root"},
        "Action": "sts:AssumeRole",
    }
    roles.iam.update_assume_role_policy(
        RoleName=role.rpartition("/")[2], PolicyDocument=document(trust)
    )
