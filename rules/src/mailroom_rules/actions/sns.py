"""Amazon SNS: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsns.html"""

from mailroom_rules.actions.scope import Params, Permission, Scope
from mailroom_rules.arn import parse_arn

NO_RESOURCE = {
    "CheckIfPhoneNumberIsOptedOut",
    "CreatePlatformApplication",
    "CreatePlatformEndpoint",
    "CreateSMSSandboxPhoneNumber",
    "DeleteEndpoint",
    "DeletePlatformApplication",
    "DeleteSMSSandboxPhoneNumber",
    "GetEndpointAttributes",
    "GetPlatformApplicationAttributes",
    "GetSMSAttributes",
    "GetSMSSandboxAccountStatus",
    "ListEndpointsByPlatformApplication",
    "ListOriginationNumbers",
    "ListPhoneNumbersOptedOut",
    "ListPlatformApplications",
    "ListSMSSandboxPhoneNumbers",
    "ListSubscriptions",
    "ListTopics",
    "OptInPhoneNumber",
    "SetEndpointAttributes",
    "SetPlatformApplicationAttributes",
    "SetSMSAttributes",
    "VerifySMSSandboxPhoneNumber",
}
RENAMED = {"PublishBatch": "Publish"}
TOPIC_PARAMETERS = ("TopicArn", "ResourceArn", "TargetArn", "PhoneNumber")


def permissions(operation: str, params: Params, scope: Scope) -> list[Permission]:
    """What a call of SNS needs; a subscription's resource is its topic."""
    action = f"sns:{RENAMED.get(operation, operation)}"
    if operation in NO_RESOURCE:
        return [Permission(action, printed_resource=scope.arn("sns", "*"))]
    if operation == "CreateTopic":
        return [Permission(action, scope.arn("sns", params.get("Name", "")))]
    for name in TOPIC_PARAMETERS:
        if params.get(name):
            return [Permission(action, params[name])]
    if subscription := params.get("SubscriptionArn"):
        return [Permission(action, topic_of(subscription))]
    return [Permission(action, known=False)]


def topic_of(subscription: str) -> str:
    """The ARN of a subscription's topic: the subscription's without its last part."""
    arn = parse_arn(subscription)
    return str(arn._replace(resource=arn.resource.partition(":")[0])) if arn else subscription
