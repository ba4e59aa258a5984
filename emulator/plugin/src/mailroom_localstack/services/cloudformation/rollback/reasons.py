"""The reasons of failed resources, as CloudFormation gives them.

https://docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-test-contract-errors.html
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from typing import Any

from botocore.exceptions import ClientError
from localstack.services.cloudformation.resource_provider import OperationStatus, ProgressEvent
from localstack.services.cloudformation.stores import get_cloudformation_store

NESTED = "AWS::CloudFormation::Stack"
# A part of a service's error code, and CloudFormation's code for it. The first match counts.
_HANDLER_ERROR_CODES = {
    "AccessDenied": "AccessDenied",
    "AlreadyExists": "AlreadyExists",
    "NotFound": "NotFound",
    "NonExistent": "NotFound",
    "NoSuch": "NotFound",
    "Conflict": "ResourceConflict",
    "Throttling": "Throttling",
    "TooManyRequests": "Throttling",
    "LimitExceeded": "ServiceLimitExceeded",
}


def act(
    action: Callable[[Any, Any], ProgressEvent[Any]], provider: Any, payload: Mapping[str, Any]
) -> ProgressEvent[Any]:
    """Call a resource's provider.

    LocalStack reports "Failed to delete resource" for any error of a provider in an update or a
    deletion, and reports an update as complete if it doesn't find the resource.

    Raises:
        Exception: The error that the provider raised.
    """
    raised: list[Exception] = []
    update = provider.update

    def watched(request: Any) -> Any:
        try:
            return update(request)
        except NotImplementedError:
            raise
        except Exception as error:
            raised.append(error)
            raise

    provider.update = watched
    try:
        event = action(provider, payload)
    finally:
        provider.update = update
    if raised:
        raise raised[0]
    if isinstance(error := event.custom_context.get("exception"), Exception):
        raise error
    if event.status == OperationStatus.FAILED and not event.message:
        raise RuntimeError("the resource's provider gives no reason")
    return event


def failure(error: Exception, payload: Mapping[str, Any]) -> ProgressEvent[Any]:
    """The event of a resource whose provider raised an error.

    Args:
        error: The error.
        payload: The payload of the call.
    """
    return ProgressEvent(
        OperationStatus.FAILED,
        resource_model={},
        message=_nested_reason(payload) or _reason(error, payload["resourceType"]),
        custom_context={"exception": error},
    )


def _reason(error: Exception, resource_type: str) -> str:
    said, code = f"{type(error).__name__}: {error}", "InternalFailure"
    if isinstance(error, ClientError):
        metadata = error.response["ResponseMetadata"]
        status = metadata["HTTPStatusCode"]
        code = _handler_error_code(error.response["Error"]["Code"], status)
        service = resource_type.split("::")[1]
        said = (
            f"{error.response['Error']['Message']} (Service: {service}, "
            f"Status Code: {status}, Request ID: {metadata.get('RequestId')})"
        )
    token = uuid.uuid4()
    return (
        f'Resource handler returned message: "{said}" '
        f"(RequestToken: {token}, HandlerErrorCode: {code})"
    )


def _handler_error_code(code: str, status: int) -> str:
    for part, handler_code in _HANDLER_ERROR_CODES.items():
        if part in code:
            return handler_code
    return "InvalidRequest" if status < 500 else "ServiceInternalError"


def _nested_reason(payload: Mapping[str, Any]) -> str | None:
    """The reason of a nested stack that was created and failed; None for other resources."""
    arn = payload["requestData"]["resourceProperties"].get("Id")
    if payload["resourceType"] != NESTED or payload["action"] != "Add" or not arn:
        return None
    store = get_cloudformation_store(payload["awsAccountId"], payload["region"])
    reason = store.stacks_v2[arn].status_reason
    return f"Embedded stack {arn} was not successfully created: {reason}"
