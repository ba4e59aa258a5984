"""Who makes a call.

The developer's own credentials, an account's id or `test`, are the account's root user, and so is
LocalStack itself where it acts for nobody in particular; neither is held to anything.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from localstack.constants import INTERNAL_AWS_ACCESS_KEY_ID
from localstack.http.request import get_raw_path
from mailroom_rules.actions import Refusal
from mailroom_rules.policies import Principal

from mailroom_localstack.iam.caller_errors import unknown_key, wrong_signature
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
# What LocalStack signs a call with that came without a signature.
UNSIGNED_KEY = "injectedaccesskey"
FORM = "application/x-www-form-urlencoded"
# A browser's upload is signed in a field of its form, by whoever made the form.
POST_BY_FORM = "PostObject"
# CloudFormation acts for whoever deploys, and that is root.
DEPLOYERS = {"cloudformation"}


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody who is held to policies.

    Attributes:
        identity: a user's or a role session's; None for a service and for anyone.
        source: the ARN of what a service acts for.
    """

    principal: Principal
    identity: Identity | None = None
    source: str | None = None


class AuthenticationError(Exception):
    """Raised when a caller isn't who they say."""

    def __init__(self, refusal: Refusal) -> None:
        """Takes what the caller is told."""
        super().__init__(refusal.message)
        self.refusal = refusal


def keep_body(chain: object, context: RequestContext, response: object) -> None:
    """Keep the bytes that a signature covers, before they are read as a form or given on as a
    stream, of which nothing would be left when the signature has been checked.

    Not S3's: there a header holds their digest, and they may be many.
    """
    request = context.request
    is_form = request.headers.get("Content-Type", "").startswith(FORM)
    claim = claim_of_header(request.headers.get("Authorization") or "")
    if request.method == "POST" and (is_form or (claim and claim.scope[2] != "s3")):
        request.get_data(cache=True)


def caller_of(context: ServiceCall, identities: Identities) -> Caller | None:
    """Who makes this call; None if it is root.

    Raises:
        AuthenticationError: the access key is nobody's, or the signature is wrong.
    """
    headers = context.request.headers
    claim = claim_of_header(headers.get("Authorization") or "")
    internal = context.is_internal_call
    if claim is None or claim.access_key == UNSIGNED_KEY:
        claim = claim_of_query(context.request.args)
        if claim is None:
            unheld = internal or context.operation.name == POST_BY_FORM
            return None if unheld else Caller(Principal.anonymous())
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
    """Whether it is a presigned URL of the old kind, which isn't verified here."""
    return "AWSAccessKeyId" in context.request.args


def _service(context: ServiceCall) -> Caller | None:
    told = context.internal_request_params
    service = told.get("service_principal")
    if not service or service in DEPLOYERS:
        return None
    name = service if "." in service else f"{service}.amazonaws.com"
    return Caller(Principal.service(name), source=_source(service, told.get("source_arn")))


def _source(service: str, arn: str | None) -> str | None:
    """SNS acts for its topic, of which LocalStack names the subscription when it redrives."""
    if arn and service == "sns":
        return ":".join(arn.split(":")[:6])
    return arn


def _authenticate(context: ServiceCall, claim: Claim, identity: Identity, service: str) -> None:
    request = context.request
    token = claim.token or request.headers.get("X-Amz-Security-Token")
    if identity.token and token != identity.token:
        raise AuthenticationError(unknown_key(service))
    signed = Signed(
        request.method,
        get_raw_path(request),
        request.query_string.decode("latin-1"),
        request.headers,
        lambda: request.get_data(cache=True),
    )
    if not is_valid(claim, identity.secret, signed):
        raise AuthenticationError(wrong_signature(service))
