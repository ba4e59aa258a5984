"""The users and role sessions that access keys belong to, from LocalStack's IAM and STS."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from localstack.aws.accounts import get_account_id_from_access_key_id
from mailroom_rules.policies import Kind, Policy, PolicyType, Principal

from mailroom_localstack.iam.stored_policies import attached, boundary_of, parsed


@dataclass(frozen=True, slots=True)
class Identity:
    """Whom an access key belongs to.

    Attributes:
        owner: moto's role or user; None if the role is gone.
        token: a session's token.
        session_policy: what AssumeRole's `Policy` parameter gave.
    """

    principal: Principal
    owner: Any
    backend: Any
    secret: str
    token: str | None = None
    session_policy: str | None = None

    def policies(self) -> list[Policy]:
        """The inline and managed policies as they are now, a user's groups' too."""
        if self.owner is None:
            return []
        holders = [self.owner, *self._groups()]
        return [policy for holder in holders for policy in attached(holder)]

    def boundary(self) -> Policy | None:
        """The permissions boundary as it is now."""
        return boundary_of(self.owner, self.backend)

    def session(self) -> Policy | None:
        """The session policy."""
        if not self.session_policy:
            return None
        return parsed(self.session_policy, "session policy", PolicyType.SESSION)

    def keys(self) -> dict[str, str]:
        """`aws:userid`: a user's id, or a session's role's with the session's name.

        https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
        """
        if self.owner is None:
            return {}
        session = self.principal.name.rpartition("/")[2]
        in_session = self.principal.kind is Kind.ROLE_SESSION
        return {"aws:userid": f"{self.owner.id}:{session}" if in_session else self.owner.id}

    def _groups(self) -> Iterable[Any]:
        if not hasattr(self.owner, "access_keys"):
            return ()
        groups: Iterable[Any] = self.backend.get_groups_for_user(self.owner.name)
        return groups


class Identities:
    """Finds identities by access key, and roles by ARN; remembers sessions, not policies."""

    def __init__(self) -> None:
        """Knows nobody yet."""
        self._sessions: dict[str, Identity] = {}
        self._seen: dict[tuple[str, str], tuple[int, int]] = {}

    def find(self, access_key: str, partition: str) -> Identity | None:
        """Whom an access key belongs to; None if to nobody."""
        session = self._sessions.get(access_key)
        if session is None:
            account = get_account_id_from_access_key_id(access_key)
            self._learn_sessions(account, partition)
            session = self._sessions.get(access_key)
            if session is None:
                return _user(access_key, account, partition)
        if session.owner is not None and session.owner.id not in session.backend.roles:
            session = self._sessions[access_key] = replace(session, owner=None)
        return session

    def session_of(self, role: str, partition: str) -> Identity:
        """Whom a service is that assumes a role, by the role's ARN."""
        backend = _iam(role.split(":")[4], partition)
        account, name = role.split(":")[4], role.rpartition("/")[2]
        arn = f"arn:{partition}:sts::{account}:assumed-role/{name}/service"
        return Identity(
            Principal.parse(arn, role_arn=role), _role(backend, role), backend, secret=""
        )

    def _learn_sessions(self, account: str, partition: str) -> None:
        from moto.sts.models import sts_backends

        sessions = sts_backends[account][partition].assumed_roles
        identity, position = self._seen.get((account, partition), (id(sessions), 0))
        if identity != id(sessions) or position > len(sessions):
            position = 0
        backend = _iam(account, partition)
        end = len(sessions)
        for session in sessions[position:end]:
            self._sessions[session.access_key_id] = _session(session, backend)
        self._seen[(account, partition)] = (id(sessions), end)


def _session(session: Any, backend: Any) -> Identity:
    role = _role(backend, session.role_arn)
    return Identity(
        Principal.parse(session.arn, role_arn=session.role_arn, tags=_tags(role)),
        role,
        backend,
        session.secret_access_key,
        session.session_token,
        session.policy,
    )


def _user(access_key: str, account: str, partition: str) -> Identity | None:
    backend = _iam(account, partition)
    for user in list(backend.users.values()):
        for key in user.access_keys:
            if key.access_key_id == access_key and key.status == "Active":
                return Identity(Principal.parse(user.arn), user, backend, key.secret_access_key)
    return None


def _iam(account: str, partition: str) -> Any:
    from moto.iam.models import iam_backends

    return iam_backends[account][partition]


def _role(backend: Any, arn: str) -> Any:
    return next((role for role in list(backend.roles.values()) if role.arn == arn), None)


def _tags(owner: Any) -> dict[str, str]:
    tags = getattr(owner, "tags", None) or {}
    pairs = tags.values() if isinstance(tags, Mapping) else tags
    return {tag["Key"]: tag["Value"] for tag in pairs}
