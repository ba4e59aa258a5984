"""The request handler that lets a call pass or refuses it."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, cast

from localstack.aws.api import CommonServiceException
from mailroom_rules.actions import Refusal
from mailroom_rules.policies import Kind

from mailroom_localstack.iam.authorizer import Authorizer, Refused, allowing_statement
from mailroom_localstack.iam.caller import AuthenticationError, Caller, caller_of
from mailroom_localstack.iam.caller_errors import no_signature
from mailroom_localstack.iam.decision_log import DecisionLog
from mailroom_localstack.iam.execution_roles import readings, sendings
from mailroom_localstack.iam.identities import Identities
from mailroom_localstack.iam.mode import Mode
from mailroom_localstack.iam.service_refusals import (
    as_lambda_says,
    count_undelivered,
    refuse_objects,
)
from mailroom_localstack.observation.marks import IAM, mark
from mailroom_localstack.service_call import ServiceCall

if TYPE_CHECKING:
    from localstack.aws.api import RequestContext

# Services whose resource policies may allow anonymous callers.
OPEN_TO_EVERYONE = {"s3", "sns", "sqs"}


class IamHandler:
    """Refuses calls that policies don't allow, or only records them."""

    def __init__(self, mode: Mode, log: DecisionLog) -> None:
        """Enforce or observe, and record decisions in a log."""
        self._enforces = mode is Mode.ENFORCE
        self._log = log
        self._identities = Identities()
        self._authorizer = Authorizer(log)

    def __call__(self, chain: object, context: RequestContext, response: object) -> None:
        """Let a call pass, or raise AWS's error."""
        if context.operation is not None:
            self.authorize(cast(ServiceCall, context))

    def authorize(self, context: ServiceCall) -> None:
        """Let a call pass, or raise AWS's error."""
        self._authorizer.allowed.forget_before(context)
        try:
            caller = caller_of(context, self._identities)
        except AuthenticationError as unknown:
            self._log.record_unchecked(unknown.refusal.code, context.operation.name)
            mark(context, refused=IAM, message=unknown.refusal.message)
            self._raise(unknown.refusal)
            return
        if caller is not None:
            mark(context, caller=caller.principal.name)
            self._decide(caller, context)
        roles = chain(readings(context, self._identities), sendings(context, self._identities))
        for role, permission, refusal in roles:
            if lacking := self._authorizer.lacks(role, permission, context):
                _mark(role, context, lacking)
                self._raise(refusal)

    def _decide(self, caller: Caller, context: ServiceCall) -> None:
        refused = list(self._authorizer.refused(caller, context))
        if not refused:
            return
        _mark(caller, context, refused[0])
        if caller.principal.is_service:
            count_undelivered(caller, context)
        if context.operation.name == "DeleteObjects" and self._enforces:
            refuse_objects(context, refused)
        else:
            self._raise(_worded(caller, context, refused[0]))

    def _raise(self, refusal: Refusal) -> None:
        if self._enforces:
            raise error(refusal)


def error(refusal: Refusal) -> CommonServiceException:
    """The exception that LocalStack answers with.

    Services that changed their protocol give the name of its class as the error's code.
    """
    named = type(refusal.code, (CommonServiceException,), {})
    exception: CommonServiceException = named(
        refusal.code, refusal.message, refusal.status, sender_fault=True
    )
    return exception


def _mark(caller: Caller, context: ServiceCall, refused: Refused) -> None:
    statement = allowing_statement(caller, refused)
    mark(context, refused=IAM, message=refused.refusal.message, statement=statement)


def _worded(caller: Caller, context: ServiceCall, refused: Refused) -> Refusal:
    service = context.service.service_name
    if caller.principal.kind is Kind.ANONYMOUS and service not in OPEN_TO_EVERYONE:
        return no_signature(service)
    if service == "lambda":
        return as_lambda_says(refused)
    return refused.refusal
