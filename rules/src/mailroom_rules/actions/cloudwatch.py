"""Amazon CloudWatch: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatch.html"""

from mailroom_rules.actions.scope import Params, Permission, Scope

NO_RESOURCE = {
    *("PutMetricData", "GetMetricData", "GetMetricStatistics", "GetMetricWidgetImage"),
    *("ListMetrics", "ListDashboards", "DescribeAlarmsForMetric", "DescribeAnomalyDetectors"),
    *("PutAnomalyDetector", "DeleteAnomalyDetector", "DescribeInsightRules", "ListMetricStreams"),
}
ALARM_LISTS = {"DeleteAlarms", "EnableAlarmActions", "DisableAlarmActions"}


def permissions(operation: str, params: Params, scope: Scope) -> list[Permission]:
    """What a call of CloudWatch needs."""
    action = f"cloudwatch:{operation}"
    if operation in NO_RESOURCE:
        return [Permission(action)]
    if operation == "DescribeAlarms":
        return [Permission(action, scope.arn("cloudwatch", "alarm:*"))]
    if operation in ALARM_LISTS:
        return [
            Permission(action, scope.arn("cloudwatch", f"alarm:{name}"))
            for name in params.get("AlarmNames", [])
        ]
    if "AlarmName" in params:
        return [Permission(action, scope.arn("cloudwatch", f"alarm:{params['AlarmName']}"))]
    if "DashboardName" in params:
        dashboard = f"dashboard/{params['DashboardName']}"
        return [Permission(action, scope.arn("cloudwatch", dashboard, region=""))]
    if "ResourceARN" in params:
        return [Permission(action, params["ResourceARN"])]
    return [Permission(action, known=False)]
