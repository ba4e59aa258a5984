"""AWS Step Functions: https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsstepfunctions.html"""

from mailroom_rules.actions.scope import Params, Permission, Scope
from mailroom_rules.arn import parse_arn

NO_RESOURCE = {
    *("ListActivities", "ListStateMachines", "ValidateStateMachineDefinition", "TestState"),
    *("SendTaskSuccess", "SendTaskFailure", "SendTaskHeartbeat"),
}
CREATED = {"CreateStateMachine": "stateMachine", "CreateActivity": "activity"}
ARN_PARAMETERS = (
    *("stateMachineArn", "executionArn", "mapRunArn", "activityArn", "stateMachineAliasArn"),
    *("stateMachineVersionArn", "resourceArn"),
)


def permissions(operation: str, params: Params, scope: Scope) -> list[Permission]:
    """What a call of Step Functions needs, with iam:PassRole where a role is handed over."""
    action = f"states:{operation}"
    role = params.get("roleArn")
    passed = [Permission("iam:PassRole", role)] if role else []
    if operation in NO_RESOURCE:
        return [Permission(action), *passed]
    if operation in CREATED:
        arn = scope.arn("states", f"{CREATED[operation]}:{params.get('name', '')}")
        return [Permission(action, arn), *passed]
    if operation == "CreateStateMachineAlias":
        return [Permission(action, _aliased(params))]
    for name in ARN_PARAMETERS:
        if params.get(name):
            return [Permission(action, params[name]), *passed]
    return [Permission(action, known=False)]


def _aliased(params: Params) -> str:
    """The state machine of the versions that an alias routes to."""
    routes = params.get("routingConfiguration") or [{}]
    version: str = routes[0].get("stateMachineVersionArn", "*")
    arn = parse_arn(version)
    return str(arn._replace(resource=arn.resource.rpartition(":")[0])) if arn else version
