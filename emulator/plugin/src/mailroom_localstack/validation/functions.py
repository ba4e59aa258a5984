"""What Lambda refuses by what it has: payloads, versions that are in use, roles, dry runs."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from mailroom_rules.limits import Refusal

from mailroom_localstack.validation.answers import answer
from mailroom_localstack.validation.errors import error

if TYPE_CHECKING:
    from localstack.aws.api import RequestContext
    from localstack.aws.chain import HandlerChain
    from localstack.http import Response

type Look = Callable[[RequestContext], None]


def look_at_function(chain: HandlerChain, context: RequestContext, response: Response) -> None:
    """Refuse a call of Lambda's that AWS refuses, or answer a dry run.

    Raises:
        CommonServiceException: as each operation answers.
    """
    if context.service is None or context.service.service_name != "lambda":
        return
    if look := _LOOKS.get(context.operation.name):
        look(context)
    if context.operation.name == "UpdateFunctionCode" and context.service_request.get("DryRun"):
        _answer_dry_run(chain, context, response)


def _look_at_payload(context: RequestContext) -> None:
    """A payload is JSON, whoever calls.

    https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
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
        raise error(Refusal("InvalidRequestContentException", f"{parse}: {reason}")) from None


def _no_constant(name: str) -> None:
    raise ValueError(f"Unrecognized token '{name}'")


def _look_at_deletion(context: RequestContext) -> None:
    """A version that an alias names stays.

    https://docs.aws.amazon.com/lambda/latest/api/API_DeleteFunction.html
    """
    function, qualifier = _function(context)
    if function is None or not qualifier:
        return
    for alias in list(function.aliases.values()):
        routing = alias.routing_configuration
        if qualifier == alias.function_version or (
            routing and qualifier in routing.version_weights
        ):
            raise error(
                Refusal(
                    "ResourceConflictException",
                    f"Version {qualifier} can't be deleted: the alias {alias.name} names it",
                    409,
                )
            )


def _look_at_role(context: RequestContext) -> None:
    """A new role has to be there and to trust Lambda, as when a function is created.

    https://docs.aws.amazon.com/lambda/latest/api/API_UpdateFunctionConfiguration.html
    """
    role = context.service_request.get("Role")
    function, _ = _function(context)
    if role is None or function is None or function.latest().config.role == role:
        return
    from localstack.services.lambda_.invocation.lambda_service import LambdaService

    if not LambdaService.can_assume_role(None, role, context.region):
        raise error(
            Refusal(
                "InvalidParameterValueException",
                "The role defined for the function cannot be assumed by Lambda.",
            )
        )


def _answer_dry_run(chain: HandlerChain, context: RequestContext, response: Response) -> None:
    """Change nothing.

    https://docs.aws.amazon.com/lambda/latest/api/API_UpdateFunctionCode.html
    """
    function, _ = _function(context)
    if function is None:
        # LocalStack refuses it.
        return
    code = context.service_request.get("ZipFile")
    if code and not zipfile.is_zipfile(io.BytesIO(code)):
        raise error(
            Refusal(
                "InvalidParameterValueException",
                "Could not unzip uploaded file. Please check your file, then try to upload again.",
            )
        )
    from localstack.services.lambda_.api_utils import map_config_out

    version = function.latest()
    answer(context, response, map_config_out(version, return_qualified_arn=False))
    chain.stop()


def _function(context: RequestContext) -> tuple[Any, str | None]:
    """The function that a request names, or None, and the version or alias that it names."""
    from localstack.services.lambda_ import api_utils
    from localstack.services.lambda_.invocation.models import lambda_stores

    request = context.service_request
    given = request["FunctionName"]
    account, region = api_utils.get_account_and_region(given, context)
    name, qualifier = api_utils.get_name_and_qualifier(given, request.get("Qualifier"), context)
    return lambda_stores[account][region].functions.get(name), qualifier


_LOOKS: dict[str, Look] = {
    "DeleteFunction": _look_at_deletion,
    "Invoke": _look_at_payload,
    "UpdateFunctionConfiguration": _look_at_role,
}
