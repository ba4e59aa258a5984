"""Who makes a call.

The developer's own credentials, an account's id or `test`, are those of the account's root user,
and so are LocalStack's own where it doesn't act for a resource. The root user may do everything.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING

from localstack.constants import INTERNAL_AWS_ACCESS_KEY_ID
from localstack.http.request import get_raw_path
from mailroom_rules.actions import Refusal
from mailroom_rules.policies import Principal

from mailroom_localstack.iam.caller_errors import unknown_key, wrong_signature, wrong_token
from mailroom_localstack.iam.identities import Identities, Identity
from mailroom_localstack.iam.signature import (
    Claim,
    Signed,
    claim_of_header,
    claim_of_query,
    is_valid,
)

if TYPE_CHECKING:
    from localstack.aws.api import RequestContext

    from mailroom_localstack.service_call import ServiceCall

ROOT_KEYS = {"test", INTERNAL_AWS_ACCESS_KEY_ID}
ACCOUNT = re.compile(r"\d{12}")
# The access key that LocalStack gives to a call without a signature.
UNSIGNED_KEY = "injectedaccesskey"
GZIP = "gzip"
# The attribute of a request that has its body as it was signed.
COMPRESSED = "mailroom_compressed"
FORM = "application/x-www-form-urlencoded"
# A browser's upload is signed in a field of its form.
POST_BY_FORM = "PostObject"
# CloudFormation acts for who deploys; as a service it calls only for the root user.
DEPLOYERS = {"cloudformation"}


@dataclass(frozen=True, slots=True)
class Caller:
    """A caller whose calls policies decide.

    Attributes:
        identity: a user's or a role session's; None for a service or an anonymous caller.
        source: the ARN of the resource that a service acts for.
    """

    principal: Principal
    identity: Identity | None = None
    source: str | None = None


class AuthenticationError(Exception):
    """Raised when an access key or a signature is not valid."""

    def __init__(self, refusal: Refusal) -> None:
        """Keep the error that the caller gets."""
        super().__init__(refusal.message)
        self.refusal = refusal


def keep_body(chain: object, context: RequestContext, response: object) -> None:
    """Keep the body that a signature covers, before LocalStack reads it as a form or a stream.

    A request to S3 has the body's digest in a header, and its body may be large. A compressed body
    is signed as it is, and LocalStack reads it as it was.
    """
    request = context.request
    is_form = request.headers.get("Content-Type", "").startswith(FORM)
    claim = claim_of_header(request.headers.get("Authorization") or "")
    if request.method == "POST" and (is_form or (claim and claim.scope[2] != "s3")):
        body = request.get_data(cache=True)
        if request.content_encoding == GZIP:
            setattr(request, COMPRESSED, body)
            request.stream = BytesIO(body)
            del request._cached_data


def caller_of(context: ServiceCall, identities: Identities) -> Caller | None:
    """The caller; None if it is the root user.

    Raises:
        AuthenticationError: the access key doesn't exist, or the signature is wrong.
    """
    headers = context.request.headers
    claim = claim_of_header(headers.get("Authorization") or "")
    internal = context.is_internal_call
    if claim is None or claim.access_key == UNSIGNED_KEY:
        claim = claim_of_query(context.request.args)
        if claim is None:
            unsigned_is_root = internal or context.operation.name == POST_BY_FORM
            return None if unsigned_is_root else Caller(Principal.anonymous())
    if claim.access_key in ROOT_KEYS or ACCOUNT.match(claim.access_key):
        return _service(context) if internal else None
    service = context.service.service_name
    identity = identities.find(claim.access_key, context.partition)
    if identity is None:
        raise AuthenticationError(unknown_key(service))
    if not internal and not _is_version_2(context):
        _authenticate(context, claim, identity, service)
    return Caller(identity.principal, identity)


def _is_version_2(context: ServiceCall) -> bool:
    """Whether it is a presigned URL of Signature Version 2, which isn't verified."""
    return "AWSAccessKeyId" in context.request.args


def _service(context: ServiceCall) -> Caller | None:
    told = context.internal_request_params
    service = told.get("service_principal")
    if not service or service in DEPLOYERS:
        return None
    name = service if "." in service else f"{service}.amazonaws.com"
    return Caller(Principal.service(name), source=_source(service, told.get("source_arn")))


def _source(service: str, arn: str | None) -> str | None:
    """The topic's ARN for SNS: LocalStack gives the subscription's when SNS redrives."""
    if arn and service == "sns":
        return ":".join(arn.split(":")[:6])
    return arn


def _authenticate(context: ServiceCall, claim: Claim, identity: Identity, service: str) -> None:
    request = context.request
    token = claim.token or request.headers.get("X-Amz-Security-Token")
    if identity.token and token != identity.token:
        raise AuthenticationError(wrong_token(service))
    headers, compressed = request.headers, getattr(request, COMPRESSED, None)
    if compressed is not None:
        headers = headers.copy()
        headers["Content-Encoding"] = GZIP
    signed = Signed(
        request.method,
        get_raw_path(request),
        request.query_string.decode("latin-1"),
        headers,
        lambda: request.get_data(cache=True) if compressed is None else compressed,
    )
    if not is_valid(claim, identity.secret, signed):
        raise AuthenticationError(wrong_signature(service))
