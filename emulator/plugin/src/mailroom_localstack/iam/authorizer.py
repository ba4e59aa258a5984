"""Decides calls by the policies of the caller and of the resources."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mailroom_rules.actions import Permission, Refusal, Scope, refusal, reveals_missing_key
from mailroom_rules.policies import (
    Decision,
    Kind,
    MalformedPolicyError,
    Outcome,
    PolicyType,
    Request,
    evaluate,
    global_keys,
)

from mailroom_localstack.iam.allowed_calls import AllowedCalls, Key, key_of
from mailroom_localstack.iam.call_requirements import keys_of_assumption, keys_of_call, needed
from mailroom_localstack.iam.caller import Caller
from mailroom_localstack.iam.decision_log import DecisionLog
from mailroom_localstack.iam.resources import (
    UNKNOWN,
    Resource,
    boundary_of_role,
    has_object,
    machines_with,
    resolver,
    resource_of,
)

if TYPE_CHECKING:
    from mailroom_localstack.service_call import ServiceCall

LOG = logging.getLogger(__name__)
# Services whose resources have policies that name the services that may call.
SERVICES_NEED_PERMISSION = {"sns", "sqs", "lambda", "sts"}
# https://docs.aws.amazon.com/sns/latest/api/API_ConfirmSubscription.html: the token suffices.
FOR_EVERYONE = {("sns", "ConfirmSubscription"), ("sns", "Unsubscribe")}
STATES = {"states.amazonaws.com"}
READS_OBJECT = {"GetObject", "HeadObject"}
# Of whom a resource's policy decides, as no policy is theirs.
BY_RESOURCE = {Kind.SERVICE, Kind.ANONYMOUS}


@dataclass(frozen=True, slots=True)
class Refused:
    """A permission that the caller doesn't have.

    Attributes:
        resource: the ARN of the resource.
        decision: what the policies decided.
    """

    refusal: Refusal
    action: str
    resource: str
    decision: Decision


class Authorizer:
    """Decides calls, and records the decisions.

    Attributes:
        allowed: the calls that are not evaluated again.
    """

    def __init__(self, log: DecisionLog) -> None:
        """Record decisions in a log."""
        self._log = log
        self.allowed = AllowedCalls()

    def refused(self, caller: Caller, context: ServiceCall) -> Iterator[Refused]:
        """Decide each permission that a call needs, and yield those that are refused."""
        key = key_of(caller, context)
        if key and (decision := self.allowed.find(key)):
            self._log.record(decision, source=caller.source)
            return
        service, operation = context.service.service_name, context.operation.name
        if self._needs_nothing(caller, service, operation, context):
            return
        account, region = context.account_id, context.region
        scope = Scope(region, account, context.partition, resolver(account, region))
        params = context.service_request
        keys = keys_of_call(service, operation, params, scope, caller.source)
        if caller.principal.is_service and operation == "AssumeRole":
            role = params["RoleArn"]
            machines = machines_with(role, region) if caller.principal.name in STATES else ()
            keys |= keys_of_assumption(role, machines)
        if service == "iam":
            keys = boundary_of_role(operation, account, params.get("RoleName", "")) | keys
        own = caller.identity.keys() if caller.identity else {}
        keys = global_keys(caller.principal, region=region) | own | keys
        call = _Call(caller, service, keys, account, key)
        lacking = False
        for permission in needed(service, operation, params, scope):
            if not permission.known:
                self._log.record_unchecked(
                    caller.principal.parent or caller.principal.name, permission.action
                )
            elif found := self._decide(call, permission):
                lacking = True
                yield found
        if service == "s3" and operation in READS_OBJECT and not lacking:
            yield from self._refuse_missing_key(call, params, scope)

    def lacks(self, caller: Caller, permission: Permission, context: ServiceCall) -> Refused | None:
        """The refusal of a permission; None if the caller has it."""
        keys = global_keys(caller.principal, region=context.region)
        service = permission.action.partition(":")[0]
        return self._decide(_Call(caller, service, keys, context.account_id), permission)

    def _needs_nothing(
        self, caller: Caller, service: str, operation: str, context: ServiceCall
    ) -> bool:
        if caller.principal.is_service:
            return service not in SERVICES_NEED_PERMISSION
        return caller.identity is None and (
            (service, operation) in FOR_EVERYONE or context.operation.auth_type == "none"
        )

    def _refuse_missing_key(self, call: _Call, params: Any, scope: Scope) -> Iterator[Refused]:
        """Refuse to tell that a key doesn't exist, which needs a permission of its own."""
        if not has_object(params.get("Bucket", ""), params.get("Key", "")):
            found = self._decide(call, reveals_missing_key(params, scope))
            if found:
                yield found

    def _decide(self, call: _Call, permission: Permission) -> Refused | None:
        resource = _resource(permission)
        decision = call.decide(permission, resource)
        if decision.allowed:
            self._log.record(decision, source=call.caller.source)
            if call.key:
                self.allowed.remember(call.key, decision)
            return None
        worded = refusal(call.service, permission, decision)
        self._log.record(decision, source=call.caller.source, message=worded.message)
        return Refused(worded, permission.action, permission.resource, decision)


@dataclass(frozen=True, slots=True)
class _Call:
    caller: Caller
    service: str
    keys: dict[str, Any]
    account: str
    key: Key | None = None

    def decide(self, permission: Permission, resource: Resource) -> Decision:
        request = Request.of(
            self.caller.principal,
            permission.action,
            permission.resource,
            {**self.keys, "aws:ResourceAccount": resource.account or self.account},
            resource_account=resource.account,
        )
        identity = self.caller.identity
        return evaluate(
            request,
            identity.policies() if identity else (),
            permissions_boundary=identity.boundary() if identity else None,
            session_policy=identity.session() if identity else None,
            resource_policy=resource.policy,
        )


def _resource(permission: Permission) -> Resource:
    if permission.action.startswith("iam:"):
        return UNKNOWN
    try:
        return resource_of(permission.resource)
    except MalformedPolicyError as error:
        LOG.warning("The policy of %s is ignored: %s", permission.resource, error)
        return UNKNOWN


def allowing_statement(caller: Caller, refused: Refused) -> dict[str, Any] | None:
    """The least statement that would allow a call.

    It belongs in a policy of the caller, or, if it has a `Principal`, in the resource's.

    Returns:
        None if no Allow helps: a Deny applies, or the session's policy or a permissions boundary
        doesn't allow the action.
    """
    decision, principal = refused.decision, caller.principal
    if decision.outcome is not Outcome.IMPLICITLY_DENIED:
        return None
    if decision.policy_type in (PolicyType.BOUNDARY, PolicyType.SESSION):
        return None
    statement: dict[str, Any] = {"Effect": "Allow"}
    if principal.kind in BY_RESOURCE:
        anonymous = principal.kind is Kind.ANONYMOUS
        statement["Principal"] = "*" if anonymous else {"Service": principal.name}
    statement |= {"Action": refused.action, "Resource": refused.resource}
    if principal.kind is Kind.SERVICE and caller.source:
        statement["Condition"] = {"ArnEquals": {"aws:SourceArn": caller.source}}
    return statement
