"""Clients of services that act in a role."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from mailroom_localstack.patches import patch

if TYPE_CHECKING:
    from localstack.aws.connect import ClientFactory, ServiceLevelClientFactory

# What is left of a session's time when another one takes its place.
MARGIN = timedelta(minutes=5)


@patch("localstack.aws.connect:ClientFactory.with_assumed_role")
def reuse_clients_of_roles(
    original: Any,
    factory: ClientFactory,
    *,
    role_arn: str,
    service_principal: str | None = None,
    session_name: str | None = None,
    region_name: str | None = None,
    endpoint_url: str | None = None,
    config: Any = None,
) -> ServiceLevelClientFactory:
    """Use the client of a role's first session for its later sessions.

    The role is assumed each time, so that a role that doesn't trust the service any more is
    refused at once.

    LocalStack: makes a client, of a megabyte, whenever a state invokes a function.

    Saves: @@roleclients@@

    Test: tests/faults/test_memory.py::test_executions_leave_little_memory_behind
    """
    from localstack.utils.strings import short_uid

    where: dict[str, Any] = {
        "region_name": region_name,
        "endpoint_url": endpoint_url,
        "config": config,
    }
    sts = factory(**where).sts
    if service_principal:
        sts = sts.request_metadata(service_principal=service_principal)
    session = sts.assume_role(
        RoleArn=role_arn, RoleSessionName=session_name or f"session-{short_uid()}"
    )
    credentials = session["Credentials"]
    # A role that was deleted and created again has another id, and its old sessions are void.
    role_id = session["AssumedRoleUser"]["AssumedRoleId"].partition(":")[0]
    key = (factory, role_arn, role_id, service_principal, session_name, *where.values())
    session_before = _sessions.get(key)
    if session_before and session_before[0] - MARGIN >= datetime.now(UTC):
        return session_before[1]
    clients = factory(
        aws_access_key_id=credentials["AccessKeyId"],
        aws_secret_access_key=credentials["SecretAccessKey"],
        aws_session_token=credentials["SessionToken"],
        **where,
    )
    _sessions[key] = (credentials["Expiration"], clients)
    return clients


_sessions: dict[tuple[Any, ...], tuple[datetime, ServiceLevelClientFactory]] = {}
