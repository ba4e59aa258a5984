"""A signature is valid if botocore made it with the right secret, and nothing was changed."""

from typing import Any
from urllib.parse import urlsplit

import pytest
from botocore.auth import S3SigV4Auth, S3SigV4QueryAuth, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from mailroom_localstack.iam.signature import (
    Claim,
    Signed,
    claim_of_header,
    claim_of_query,
    is_valid,
)

SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
HOST = "http://127.0.0.1:4566"
PATHS = [
    "/",
    "/?b=2&a=%20%2B~&c",
    "/2015-03-31/functions/arn%3Aaws%3Alambda%3Aus-east-1%3A000000000000%3Afunction%3Ax/invocations",
]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_what_botocore_signed_is_valid(path: str, method: str) -> None:
    claim, request = signed(SigV4Auth, "sqs", path, method)

    assert is_valid(claim, SECRET, request)


@pytest.mark.parametrize("path", ["/bucket/a%20b%2Bc~%C3%A9", "/bucket/a//b/../c", "/bucket?list"])
def test_what_botocore_signed_for_s3_is_valid(path: str) -> None:
    claim, request = signed(S3SigV4Auth, "s3", path, "PUT")

    assert is_valid(claim, SECRET, request)


def test_a_presigned_url_is_valid() -> None:
    request = AWSRequest("GET", f"{HOST}/bucket/a%20b", headers={"Host": "127.0.0.1:4566"})
    S3SigV4QueryAuth(credentials(), "s3", "us-east-1", expires=60).add_auth(request)
    parts = urlsplit(str(request.url))
    arguments = dict(pair.split("=", 1) for pair in parts.query.split("&"))
    claim = claim_of_query({name: value.replace("%2F", "/") for name, value in arguments.items()})
    assert claim

    assert is_valid(claim, SECRET, Signed("GET", parts.path, parts.query, request.headers, bytes))
    longer = parts.query.replace("Expires=60", "Expires=6000")
    assert not is_valid(claim, SECRET, Signed("GET", parts.path, longer, request.headers, bytes))


@pytest.mark.parametrize(
    "change",
    [{"method": "DELETE"}, {"path": "/other"}, {"query": "x=1"}, {"body": lambda: b"other"}],
)
def test_what_was_changed_is_invalid(change: dict[str, Any]) -> None:
    claim, request = signed(SigV4Auth, "sqs", "/", "POST")
    given = {name: getattr(request, name) for name in Signed.__dataclass_fields__}

    assert not is_valid(claim, SECRET, Signed(**{**given, **change}))


def test_another_secret_is_invalid() -> None:
    claim, request = signed(SigV4Auth, "sqs", "/", "POST")

    assert not is_valid(claim, SECRET.lower(), request)


@pytest.mark.parametrize("header", ["", "Basic abc", "AWS a:b", "AWS4-HMAC-SHA256 Credential=a"])
def test_another_kind_of_authorization_is_no_claim(header: str) -> None:
    assert claim_of_header(header) is None


def signed(auth: Any, service: str, path: str, method: str) -> tuple[Claim, Signed]:
    request = AWSRequest(
        method,
        f"{HOST}{path}",
        data=b"{}" if method == "POST" else b"",
        headers={"Host": "127.0.0.1:4566", "X-Spaced": " a   b "},
    )
    auth(credentials(), service, "us-east-1").add_auth(request)
    claim = claim_of_header(request.headers["Authorization"])
    assert claim
    parts = urlsplit(path)
    return claim, Signed(
        method, parts.path, parts.query, request.headers, lambda: request.data or b""
    )


def credentials() -> Credentials:
    return Credentials("AKIAIOSFODNN7EXAMPLE", SECRET, "token")
