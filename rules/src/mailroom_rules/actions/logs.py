"""CloudWatch Logs: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatchlogs.html"""

from mailroom_rules.actions.scope import Params, Permission, Scope

OF_A_STREAM = {"CreateLogStream", "DeleteLogStream", "GetLogEvents", "PutLogEvents"}
OF_TAGS = {"ListTagsForResource", "TagResource", "UntagResource"}
GROUP_PARAMETERS = ("logGroupName", "logGroupIdentifier")
GROUPS_PARAMETERS = ("logGroupNames", "logGroupIdentifiers")
NO_RESOURCE = {
    *("CancelExportTask", "DescribeDestinations", "DescribeExportTasks", "DescribeQueries"),
    *("DescribeQueryDefinitions", "DeleteQueryDefinition", "PutQueryDefinition", "StopQuery"),
    *("DescribeResourcePolicies", "PutResourcePolicy", "DeleteResourcePolicy", "TestMetricFilter"),
}


def permissions(operation: str, params: Params, scope: Scope) -> list[Permission]:
    """What a call of CloudWatch Logs needs.

    Its actions on a group ask for `log-group:NAME:log-stream:`, so that a policy needs the
    trailing `:*`; the three on tags ask for `log-group:NAME` alone.
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/iam-access-control-overview-cwl.html
    """
    action = f"logs:{operation}"
    if operation in NO_RESOURCE:
        return [Permission(action)]
    if operation in OF_TAGS:
        return [Permission(action, params.get("resourceArn", "*"))]
    stream = params.get("logStreamName", "") if operation in OF_A_STREAM else ""
    if operation == "DescribeLogGroups":
        return [Permission(action, _stream_arn(params.get("logGroupNamePrefix", ""), "", scope))]
    for name in GROUP_PARAMETERS:
        if params.get(name):
            return [Permission(action, _stream_arn(params[name], stream, scope))]
    for name in GROUPS_PARAMETERS:
        if params.get(name):
            return [Permission(action, _stream_arn(group, "", scope)) for group in params[name]]
    return [Permission(action, known=False)]


def _stream_arn(group: str, stream: str, scope: Scope) -> str:
    arn = group if group.startswith("arn:") else scope.arn("logs", f"log-group:{group}")
    return f"{arn.removesuffix(':*')}:log-stream:{stream}"
