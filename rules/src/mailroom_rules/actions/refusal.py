"""The error codes and messages with which each service denies a call.

https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html gives the sentence;
the spellings are the services' own, as public issues report them (github.com, searched 2026-11):
SNS:Publish aws-ia/terraform-aws-control_tower_account_factory#151; sqs:receivemessage
RaiderIO/keystone.guru#3901; S3's quotes aws-samples/serverless-patterns#2457; the SecretId as given
mongodb/awscdk-resources-mongodbatlas#207; no resource in ListSecrets
Kralizek/AWSSecretsManagerConfigurationExtensions#78; a log stream's whole name
aws-solutions/aws-crr-monitor#8.
"""

from dataclasses import dataclass

from mailroom_rules.actions.scope import Permission
from mailroom_rules.policies.decision import Decision

CODES: dict[str, tuple[str, int]] = {
    "cloudwatch": ("AccessDenied", 403),
    "iam": ("AccessDenied", 403),
    "kms": ("AccessDeniedException", 400),
    "lambda": ("AccessDeniedException", 403),
    "logs": ("AccessDeniedException", 400),
    "s3": ("AccessDenied", 403),
    "secretsmanager": ("AccessDeniedException", 400),
    "sns": ("AuthorizationError", 403),
    "sqs": ("AccessDenied", 403),
    "states": ("AccessDeniedException", 400),
    "stepfunctions": ("AccessDeniedException", 400),
    "sts": ("AccessDenied", 403),
}
UNKNOWN = ("AccessDenied", 403)


@dataclass(frozen=True, slots=True)
class Refusal:
    """An AWS error: its code, its HTTP status and its message."""

    code: str
    status: int
    message: str


def refusal(service: str, permission: Permission, decision: Decision) -> Refusal:
    """Word a denied decision as the service does.

    SNS prints its prefix in capitals (`SNS:Publish`), SQS the whole action in lower case
    (`sqs:sendmessage`), S3 the resource in quotes and Secrets Manager the SecretId as given.
    """
    code, status = CODES.get(service, UNKNOWN)
    message = decision.message(
        action=_printed(permission.action), resource=permission.printed_resource
    )
    return Refusal(code, status, message)


def _printed(action: str) -> str:
    prefix, _, name = action.partition(":")
    if prefix == "sns":
        return f"SNS:{name}"
    return action.lower() if prefix == "sqs" else action
