"""Verifies Signature Version 4.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
"""

import hashlib
import hmac
import posixpath
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol
from urllib.parse import quote, unquote

ALGORITHM = "AWS4-HMAC-SHA256"
QUERY_SIGNATURE = "X-Amz-Signature"
UNSIGNED = "UNSIGNED-PAYLOAD"


class Headers(Protocol):
    """Headers whose names are found in any case."""

    def get(self, name: str, /) -> str | None:
        """The header's value."""


@dataclass(frozen=True, slots=True)
class Claim:
    """The signature of a request.

    Attributes:
        scope: date, region, service and `aws4_request`.
        signed_headers: names in lower case.
        presigned: whether it is in the URL.
    """

    access_key: str
    scope: tuple[str, ...]
    signed_headers: tuple[str, ...]
    signature: str
    timestamp: str | None = None
    token: str | None = None
    presigned: bool = False


@dataclass(frozen=True, slots=True)
class Signed:
    """A signed request.

    Attributes:
        path: still encoded, without the query.
        query: still encoded.
        body: returns the body; called only if no header has its digest.
    """

    method: str
    path: str
    query: str
    headers: Headers
    body: Callable[[], bytes]


def claim_of_header(authorization: str) -> Claim | None:
    """Read an Authorization header; None if it has no Signature Version 4."""
    algorithm, _, rest = authorization.partition(" ")
    if algorithm != ALGORITHM:
        return None
    parts = dict(part.strip().partition("=")[::2] for part in rest.split(","))
    return _claim(parts, "Credential", "SignedHeaders", "Signature")


def claim_of_query(arguments: Mapping[str, str]) -> Claim | None:
    """Read the arguments of a presigned URL; None if it has no Signature Version 4."""
    if arguments.get("X-Amz-Algorithm") != ALGORITHM:
        return None
    claim = _claim(arguments, "X-Amz-Credential", "X-Amz-SignedHeaders", QUERY_SIGNATURE)
    return claim and Claim(
        claim.access_key,
        claim.scope,
        claim.signed_headers,
        claim.signature,
        arguments.get("X-Amz-Date"),
        arguments.get("X-Amz-Security-Token"),
        presigned=True,
    )


def is_valid(claim: Claim, secret: str, request: Signed) -> bool:
    """Whether a request was signed with this secret and not changed since."""
    timestamp = claim.timestamp or request.headers.get("X-Amz-Date") or ""
    digest = hashlib.sha256(_canonical(claim, request).encode()).hexdigest()
    text = "\n".join((ALGORITHM, timestamp, "/".join(claim.scope), digest))
    signature = hmac.new(_key(secret, claim.scope), text.encode(), hashlib.sha256).hexdigest()
    return hmac.compare_digest(signature, claim.signature)


def _claim(
    parts: Mapping[str, str], credential: str, signed_headers: str, signature: str
) -> Claim | None:
    access_key, *scope = parts.get(credential, "").split("/")
    if len(scope) != 4:
        return None
    names = tuple(filter(None, parts.get(signed_headers, "").split(";")))
    return Claim(access_key, tuple(scope), names, parts.get(signature, ""))


def _canonical(claim: Claim, request: Signed) -> str:
    in_s3 = claim.scope[2] == "s3"
    headers = (f"{name}:{_value(request.headers.get(name))}\n" for name in claim.signed_headers)
    return "\n".join(
        (
            request.method,
            request.path if in_s3 else quote(_normal(request.path), safe="/~"),
            _canonical_query(request.query),
            "".join(headers),
            ";".join(claim.signed_headers),
            _payload_digest(claim, request, in_s3),
        )
    )


def _payload_digest(claim: Claim, request: Signed, in_s3: bool) -> str:
    if claim.presigned and in_s3:
        return request.headers.get("X-Amz-Content-SHA256") or UNSIGNED
    if in_s3 and (given := request.headers.get("X-Amz-Content-SHA256")):
        return given
    return hashlib.sha256(request.body()).hexdigest()


def _canonical_query(query: str) -> str:
    if not query:
        return ""
    pairs = [part.partition("=")[::2] for part in query.split("&") if part]
    return "&".join(f"{name}={value}" for name, value in sorted(_encoded(pairs)))


def _encoded(pairs: Iterable[tuple[str, str]]) -> Iterable[tuple[str, str]]:
    for name, value in pairs:
        if name != QUERY_SIGNATURE:
            yield quote(unquote(name), safe="-_.~"), quote(unquote(value), safe="-_.~")


def _normal(path: str) -> str:
    if path in ("", "/"):
        return "/"
    normal = "/" + posixpath.normpath(path).lstrip("/")
    return f"{normal}/" if path.endswith("/") and normal != "/" else normal


def _value(value: str | None) -> str:
    return " ".join((value or "").split())


@lru_cache(maxsize=256)
def _key(secret: str, scope: tuple[str, ...]) -> bytes:
    key = f"AWS4{secret}".encode()
    for part in scope:
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    return key
