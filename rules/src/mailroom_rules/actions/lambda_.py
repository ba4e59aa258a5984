"""AWS Lambda: https://docs.aws.amazon.com/service-authorization/latest/reference/list_awslambda.html"""

import re

from mailroom_rules.actions.scope import Params, Permission, Scope

INVOKES = {"Invoke", "InvokeWithResponseStream"}
NO_RESOURCE = {
    *("CreateCodeSigningConfig", "CreateEventSourceMapping", "GetAccountSettings"),
    *("ListCodeSigningConfigs", "ListEventSourceMappings", "ListFunctions", "ListLayers"),
    "ListLayerVersions",
}
RENAMED = {"InvokeAsync": "InvokeFunction", "GetLayerVersionByArn": "GetLayerVersion"}
FUNCTION = re.compile(
    r"(?:arn:[^:]+:lambda:(?P<region>[^:]+):)?(?:(?P<account>\d{12}):)?(?:function:)?"
    r"(?P<name>[^:]+)(?::(?P<qualifier>[^:]+))?"
)


def permissions(operation: str, params: Params, scope: Scope) -> list[Permission]:
    """What a call of Lambda needs, with iam:PassRole where a role is handed over."""
    if operation in INVOKES:
        return [Permission("lambda:InvokeFunction", _function(params, scope))]
    action = f"lambda:{RENAMED.get(operation, operation)}"
    if operation in NO_RESOURCE:
        return [Permission(action, printed_resource="*")]
    if arn := params.get("Resource") or params.get("Arn"):
        return [Permission(action, arn)]
    if "UUID" in params:
        return [Permission(action, scope.arn("lambda", f"event-source-mapping:{params['UUID']}"))]
    if "LayerName" in params:
        return [Permission(action, _layer(params, scope))]
    if "FunctionName" in params:
        return [Permission(action, _function(params, scope)), *_handed_over(operation, params)]
    return [Permission(action, known=False)]


def function_arn(name: str, qualifier: str | None, scope: Scope) -> str:
    """The ARN of a function given by name, partial ARN or ARN, qualified if the call is.

    https://docs.aws.amazon.com/lambda/latest/dg/lambda-api-permissions-ref.html
    """
    found = FUNCTION.fullmatch(name)
    if not found:
        return scope.arn("lambda", f"function:{name}")
    qualifier = qualifier or found["qualifier"]
    function = f"function:{found['name']}" + (f":{qualifier}" if qualifier else "")
    return scope.arn("lambda", function, region=found["region"], account=found["account"])


def _function(params: Params, scope: Scope) -> str:
    return function_arn(params.get("FunctionName", ""), params.get("Qualifier"), scope)


def _layer(params: Params, scope: Scope) -> str:
    name = params["LayerName"]
    arn: str = name if name.startswith("arn:") else scope.arn("lambda", f"layer:{name}")
    version = params.get("VersionNumber")
    return f"{arn}:{version}" if version else arn


def _handed_over(operation: str, params: Params) -> list[Permission]:
    if operation not in ("CreateFunction", "UpdateFunctionConfiguration"):
        return []
    roles = [Permission("iam:PassRole", params["Role"])] if params.get("Role") else []
    layers = params.get("Layers") or []
    return roles + [Permission("lambda:GetLayerVersion", layer) for layer in layers]
