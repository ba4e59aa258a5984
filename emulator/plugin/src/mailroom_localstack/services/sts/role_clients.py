"""Lets services that act in a role use a client again, instead of a new one for each call.

LocalStack makes one whenever a state invokes a function, for the credentials of a new session.
Each is a megabyte, and a part of the state's time; it kept 256 of them, and what it dropped was
garbage of the kind that is collected late.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from localstack.runtime.hooks import on_infra_start
from localstack.utils.strings import short_uid

if TYPE_CHECKING:
    from localstack.aws.connect import ClientFactory, ServiceLevelClientFactory

# What is left of a session's time when another one takes its place.
MARGIN = timedelta(minutes=5)


@on_infra_start()
def reuse_clients_of_roles() -> None:
    """Mend the factory of LocalStack's clients."""
    from localstack.aws.connect import ClientFactory

    ClientFactory.with_assumed_role = with_assumed_role


def with_assumed_role(
    factory: ClientFactory,
    *,
    role_arn: str,
    service_principal: str | None = None,
    session_name: str | None = None,
    region_name: str | None = None,
    endpoint_url: str | None = None,
    config: Any = None,
) -> ServiceLevelClientFactory:
    """Assumes a role; has the shape of LocalStack's own.

    The role is assumed each time, so that whoever is no longer trusted is refused at once; only
    its clients are those of an earlier session, if there is one.
    """
    where = {"region_name": region_name, "endpoint_url": endpoint_url, "config": config}
    sts = factory(**where).sts
    if service_principal:
        sts = sts.request_metadata(service_principal=service_principal)
    session = sts.assume_role(
        RoleArn=role_arn, RoleSessionName=session_name or f"session-{short_uid()}"
    )
    credentials = session["Credentials"]
    # A role that was deleted and made anew has another id, and the old sessions are void.
    role_id = session["AssumedRoleUser"]["AssumedRoleId"].partition(":")[0]
    key = (factory, role_arn, role_id, service_principal, session_name, *where.values())
    expires, clients = _sessions.get(key, (None, None))
    if clients is None or expires - MARGIN < datetime.now(UTC):
        clients = factory(
            aws_access_key_id=credentials["AccessKeyId"],
            aws_secret_access_key=credentials["SecretAccessKey"],
            aws_session_token=credentials["SessionToken"],
            **where,
        )
        _sessions[key] = (credentials["Expiration"], clients)
    return clients


_sessions: dict[tuple[Any, ...], tuple[datetime, ServiceLevelClientFactory]] = {}
