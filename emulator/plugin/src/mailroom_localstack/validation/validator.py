"""The place in LocalStack's chain where a request's values are looked at.

It comes after authentication and authorization: a caller who may not make a call learns nothing of
its values. (So do the services, though not all of them in every case.)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from mailroom_rules.limits import RequestChecks

from mailroom_localstack.observation.marks import LIMIT, mark
from mailroom_localstack.service_call import ServiceCall
from mailroom_localstack.validation.batches import RefusedEntries, refuse_entries
from mailroom_localstack.validation.buckets import lacks_bucket
from mailroom_localstack.validation.entries import refused_entries
from mailroom_localstack.validation.refusals import error

if TYPE_CHECKING:
    from localstack.aws.api import RequestContext

# Internal callers whose requests are validated: they come from a template or a definition. Others
# (SNS to SQS, pollers to Lambda) pass on values that were validated before.
ACTS_FOR_CALLERS = {None, "cloudformation", "states", "states.amazonaws.com"}


class RequestValidator:
    """Refuses requests whose values AWS doesn't take."""

    def __init__(self) -> None:
        """Starts with nothing compiled."""
        self._checks = RequestChecks()

    def __call__(self, chain: Any, context: RequestContext, response: Any) -> None:
        """Let a request pass, or raise AWS's error.

        Raises:
            CommonServiceException: the service's error for what is wrong.
        """
        if context.service is None or context.operation is None:
            return
        check = self._checks.of(context.service.service_name, context.operation)
        if check is None or _passes_on(context):
            return
        call = cast(ServiceCall, context)
        request = call.service_request
        if (refusal := check.refusal(request)) and not lacks_bucket(call):
            mark(call, refused=LIMIT, message=refusal.message)
            raise error(refusal, names_sender=check.service != "s3")
        if check.batch is None or call.is_internal_call:
            return
        if refusals := refused_entries(check, request):
            first = next(iter(refusals.values()))
            mark(call, refused=LIMIT, message=first.message)
            refused = RefusedEntries(check.batch, request[check.batch], refusals)
            refuse_entries(chain, call, response, refused)


def _passes_on(context: RequestContext) -> bool:
    told = context.internal_request_params
    return told is not None and told.get("service_principal") not in ACTS_FOR_CALLERS
