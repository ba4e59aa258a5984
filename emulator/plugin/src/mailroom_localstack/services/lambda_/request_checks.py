"""Requests that Lambda refuses by what it has: payloads, versions in use, roles; and dry runs."""

from __future__ import annotations

import io
import json
import zipfile
from typing import TYPE_CHECKING, Any

from mailroom_localstack.patches import check, patch

if TYPE_CHECKING:
    from mailroom_localstack.service_call import ServiceCall


@check("lambda", "Invoke")
def refuse_payload_that_is_no_json(context: ServiceCall) -> None:
    """Refuse a payload that isn't JSON.

    LocalStack: gives it to the function.

    AWS: answers InvalidRequestContentException.
    https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html

    Test: tests/parity/test_values_functions.py::test_a_payload_that_is_not_json_is_refused
    """
    request = context.service_request
    stream = request.get("Payload")
    if stream is None:
        return
    payload = stream.read() if hasattr(stream, "read") else stream
    request["Payload"] = io.BytesIO(payload)
    try:
        json.loads(payload or b"null", parse_constant=_no_constant)
    except ValueError as reason:
        parse = "Could not parse request body into json: Could not parse payload into json"
        raise _error("InvalidRequestContentException", f"{parse}: {reason}") from None


@check("lambda", "DeleteFunction")
def keep_version_of_alias(context: ServiceCall) -> None:
    """Refuse to delete a version that an alias names.

    LocalStack: deletes it.

    AWS: answers ResourceConflictException.
    https://docs.aws.amazon.com/lambda/latest/api/API_DeleteFunction.html

    Test: tests/parity/test_values_functions.py::test_a_version_that_an_alias_names_is_not_deleted
    """
    function, qualifier = _function(context)
    if function is None or not qualifier:
        return
    for alias in list(function.aliases.values()):
        routing = alias.routing_configuration
        if qualifier == alias.function_version or (
            routing and qualifier in routing.version_weights
        ):
            message = f"Version {qualifier} can't be deleted: the alias {alias.name} names it"
            raise _error("ResourceConflictException", message, 409)


@check("lambda", "UpdateFunctionConfiguration")
def refuse_role_that_lambda_cannot_assume(context: ServiceCall) -> None:
    """Refuse to give a function a role that doesn't exist or doesn't trust Lambda.

    LocalStack: checks the role only when a function is created.

    AWS: answers InvalidParameterValueException.
    https://docs.aws.amazon.com/lambda/latest/api/API_UpdateFunctionConfiguration.html

    Test: tests/parity/test_values_functions.py
    test_an_update_to_a_role_that_is_not_there_is_refused
    """
    role = context.service_request.get("Role")
    function, _ = _function(context)
    if role is None or function is None or function.latest().config.role == role:
        return
    from localstack.services.lambda_.invocation.lambda_service import LambdaService

    service_class: Any = LambdaService
    if not service_class.can_assume_role(None, role, context.region):
        message = "The role defined for the function cannot be assumed by Lambda."
        raise _error("InvalidParameterValueException", message)


@patch("localstack.services.lambda_.provider:LambdaProvider.update_function_code")
def change_nothing_in_dry_run(original: Any, provider: Any, context: Any, request: Any) -> Any:
    """Validate an UpdateFunctionCode with `DryRun`, and change nothing.

    LocalStack: updates the code.

    AWS: validates the parameters and doesn't update the code.
    https://docs.aws.amazon.com/lambda/latest/api/API_UpdateFunctionCode.html

    Test: tests/parity/test_values_functions.py::test_a_dry_run_changes_no_code
    """
    function, _ = _function(context)
    if not request.get("DryRun") or function is None:
        return original(provider, context, request)
    code = request.get("ZipFile")
    if code and not zipfile.is_zipfile(io.BytesIO(code)):
        message = "Could not unzip uploaded file. Please check your file, then try to upload again."
        raise _error("InvalidParameterValueException", message)
    from localstack.services.lambda_.api_utils import map_config_out

    return map_config_out(function.latest(), return_qualified_arn=False)


def _no_constant(name: str) -> None:
    raise ValueError(f"Unrecognized token '{name}'")


def _error(code: str, message: str, status: int = 400) -> Exception:
    from localstack.aws.api import CommonServiceException

    return CommonServiceException(code, message, status, True)


def _function(context: Any) -> tuple[Any, str | None]:
    """The function that a request names, or None, and the version or alias that it names."""
    from localstack.services.lambda_ import api_utils
    from localstack.services.lambda_.invocation.models import lambda_stores

    request = context.service_request
    given = request["FunctionName"]
    account, region = api_utils.get_account_and_region(given, context)
    name, qualifier = api_utils.get_name_and_qualifier(given, request.get("Qualifier"), context)
    return lambda_stores[account][region].functions.get(name), qualifier
