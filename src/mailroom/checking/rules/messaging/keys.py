"""KMS keys that senders and consumers may not use."""

from collections.abc import Iterator

from mailroom.checking.finding import Problem, Severity
from mailroom.checking.rule import rule, stacks
from mailroom.checking.rules.messaging.queues import FUNCTION, QUEUE, consumers
from mailroom.checking.rules.messaging.topics import deliveries
from mailroom.checking.template.policies import (
    allows,
    role_statements,
    statements,
    text_of,
)
from mailroom.checking.template.resolve import reference
from mailroom.checking.template.stack import Resource, Stack

KEY = "AWS::KMS::Key"
_PAGE = "sns/latest/dg/sns-key-management.html"


def _key(stack: Stack, resource: Resource, name: str = "KmsMasterKeyId") -> Resource | None:
    value = resource.get(name)
    for alias in stack.of_type("AWS::KMS::Alias"):
        if value and (reference(value) == alias.id or value == alias.get("AliasName")):
            value = alias.get("TargetKeyId")
    return stack.referred(value, KEY)


def _grants(key: Resource, service: str, action: str) -> bool:
    return any(
        one.acts_on(action)
        and (service in one.principals("Service") or "*" in one.principals("AWS"))
        for one in statements(key, "KeyPolicy")
        if one.body.get("Effect") == "Allow"
    )


def _role_may(stack: Stack, function: Resource, key: Resource, action: str) -> bool:
    """Whether the key's policy allows a role, or delegates to IAM and the role's policies do."""
    role = reference(function.get("Role"))
    by_iam = not key.get("KeyPolicy")
    for statement in statements(key, "KeyPolicy"):
        if statement.body.get("Effect") != "Allow" or not statement.acts_on(action):
            continue
        named = statement.principals("AWS")
        if "*" in named or role in [reference(one) for one in named]:
            return True
        by_iam = by_iam or any(_is_account(one) for one in named)
    return by_iam and allows(role_statements(stack, function), action, key.id)


def _is_account(principal: object) -> bool:
    text = text_of(principal)
    return text.endswith(":root") or text.isdigit() or reference(principal) == "AWS::AccountId"


@rule(
    stacks,
    id="kms-topic-to-queue",
    severity=Severity.error,
    title="an encrypted queue whose key SNS may not use",
    why="SNS can't encrypt what it delivers: messages are discarded (KMS.AccessDenied)",
    page=_PAGE,
    fix="use a key of your own whose policy allows sns.amazonaws.com kms:GenerateDataKey* and "
    "kms:Decrypt, or SqsManagedSseEnabled",
)
def topic_to_queue(stack: Stack) -> Iterator[Problem]:
    for _, queue, _ in deliveries(stack):
        at = queue.at("KmsMasterKeyId")
        if queue.get("KmsMasterKeyId") == "alias/aws/sqs":
            yield Problem(at, f"{queue.id} uses AWS's key for SQS, which grants SNS nothing")
        key = _key(stack, queue)
        for action in ("kms:GenerateDataKey", "kms:Decrypt") if key else ():
            if key and not _grants(key, "sns.amazonaws.com", action):
                yield Problem(at, f"{key.id}, the key of {queue.id}, does not grant SNS {action}")


@rule(
    stacks,
    id="kms-consumer",
    severity=Severity.error,
    title="an encrypted queue whose consumer may not use the key",
    why="ReceiveMessage fails with KMS.AccessDeniedException, and Lambda's poller receives nothing",
    page="AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html",
    fix="allow the function's role kms:Decrypt on the key",
)
def consumer(stack: Stack) -> Iterator[Problem]:
    for one in consumers(stack):
        key = _key(stack, one.queue)
        if key and not _role_may(stack, one.function, key, "kms:Decrypt"):
            at = one.queue.at("KmsMasterKeyId")
            yield Problem(at, f"the role of {one.function.id} may not decrypt with {key.id}")


@rule(
    stacks,
    id="kms-publisher",
    severity=Severity.error,
    title="an encrypted topic or queue whose sender may not use the key",
    why="Publish and SendMessage fail with KMS.AccessDeniedException",
    page=_PAGE,
    fix="allow the function's role kms:GenerateDataKey and kms:Decrypt on the key",
)
def publisher(stack: Stack) -> Iterator[Problem]:
    sent = [(topic, "sns:Publish") for topic in stack.of_type("AWS::SNS::Topic")]
    sent += [(queue, "sqs:SendMessage") for queue in stack.of_type(QUEUE)]
    for target, send in sent:
        key = _key(stack, target)
        for function in stack.of_type(FUNCTION) if key else ():
            if not allows(role_statements(stack, function), send, target.id):
                continue
            for action in ("kms:GenerateDataKey", "kms:Decrypt"):
                if key and not _role_may(stack, function, key, action):
                    at = target.at("KmsMasterKeyId")
                    yield Problem(at, f"the role of {function.id} lacks {action} on {key.id}")


@rule(
    stacks,
    id="kms-secret",
    severity=Severity.error,
    title="an encrypted secret whose reader may not use the key",
    why="GetSecretValue fails with AccessDeniedException: access to KMS is not allowed",
    page="secretsmanager/latest/userguide/security-encryption.html",
    fix="allow the function's role kms:Decrypt on the key",
)
def secret_reader(stack: Stack) -> Iterator[Problem]:
    for secret in stack.of_type("AWS::SecretsManager::Secret"):
        key = _key(stack, secret, "KmsKeyId")
        for function in stack.of_type(FUNCTION) if key else ():
            reads = allows(
                role_statements(stack, function), "secretsmanager:GetSecretValue", secret.id
            )
            if key and reads and not _role_may(stack, function, key, "kms:Decrypt"):
                at = secret.at("KmsKeyId")
                yield Problem(at, f"the role of {function.id} may not decrypt with {key.id}")
