"""What Step Functions doesn't take of an execution, and doesn't catch.

An input has 256 KB at most, and `States.ALL` doesn't match what is larger than that.
https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from localstack.aws.api import CommonServiceException

if TYPE_CHECKING:
    from localstack.aws.api import RequestContext

LARGEST_INPUT = 256 * 1024
NEVER_CAUGHT_BY_ALL = "States.DataLimitExceeded"


def look_at_execution(_chain: object, context: RequestContext, _response: object) -> None:
    """Refuse an input that is too large.

    Raises:
        CommonServiceException: ValidationException, as StartExecution answers.
    """
    if context.service is None or context.service.service_name != "stepfunctions":
        return
    mend_catching()
    if context.operation.name != "StartExecution":
        return
    given = context.service_request.get("input") or ""
    if len(given.encode()) > LARGEST_INPUT:
        raise CommonServiceException(
            "ValidationException",
            "1 validation error detected: Value at 'input' failed to satisfy constraint:"
            f" Member must have length less than or equal to {LARGEST_INPUT}",
            400,
            True,
        )


def mend_catching() -> None:
    """Have `States.ALL` match what it matches in AWS; calling it again does nothing."""
    from localstack.services.stepfunctions.asl.component.common.error_name import error_equals_decl

    declaration = error_equals_decl.ErrorEqualsDecl
    if declaration._eval_body is matches:
        return
    global _matches
    _matches = declaration._eval_body
    declaration._eval_body = matches


def matches(declaration: Any, env: Any) -> None:
    """Put on the stack whether the error that lies there is one of a retrier's or a catcher's."""
    error = env.stack[-1]
    if error is not None and error.error_name == NEVER_CAUGHT_BY_ALL:
        env.stack[-1] = error in declaration.error_names
    else:
        _matches(declaration, env)


_matches: Any
