"""The request context: what condition operators and policy variables see of a request.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from mailroom_rules.policies.principal import Principal

Value = str | tuple[str, ...]
Context = Mapping[str, Value]
"""Values by context key, the keys in lower case; a tuple is a multivalued key."""

Raw = str | bool | int | float | Sequence[str]


def normalise(raw: Mapping[str, Raw]) -> dict[str, Value]:
    """Bring a context into the form that policies are evaluated with.

    Args:
        raw: by context key, in any case; a list or tuple makes the key multivalued.
    """
    return {key.lower(): _value(value) for key, value in raw.items()}


def _value(raw: Raw) -> Value:
    if isinstance(raw, str):
        return raw
    if isinstance(raw, bool):
        return "true" if raw else "false"
    if isinstance(raw, int | float):
        return str(raw)
    return tuple(raw)


def global_keys(
    principal: Principal,
    *,
    region: str,
    resource_account: str | None = None,
    secure_transport: bool = True,
    source_ip: str | None = None,
    now: datetime | None = None,
) -> dict[str, Raw]:
    """The global condition keys that AWS itself puts in every request's context.

    `aws:SourceArn` and `aws:SourceAccount` are the caller's to add, and only where one service
    calls another: AWS leaves them out of a direct call.
    """
    now = now or datetime.now(UTC)
    keys: dict[str, Raw] = {
        "aws:CurrentTime": now.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "aws:EpochTime": int(now.timestamp()),
        "aws:RequestedRegion": region,
        "aws:SecureTransport": secure_transport,
        "aws:PrincipalIsAWSService": principal.is_service,
        "aws:ViaAWSService": False,
        **principal.context_keys(),
    }
    if resource_account:
        keys["aws:ResourceAccount"] = resource_account
    if source_ip and not principal.is_service:
        keys["aws:SourceIp"] = source_ip
    return keys
