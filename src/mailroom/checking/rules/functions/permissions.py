"""Roles that allow too little, or that their service can't assume."""

from collections.abc import Iterator
from functools import cache, partial

from mailroom.checking.code.calls import calls_of
from mailroom.checking.definitions import Definitions
from mailroom.checking.finding import Problem, Severity
from mailroom.checking.rule import rule, stacks, whole
from mailroom.checking.rules.messaging.queues import FUNCTION, consumers
from mailroom.checking.template.policies import (
    allows,
    role_of,
    role_statements,
    statements,
)
from mailroom.checking.template.stack import Resource, Stack

# https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html#configuration-vpc-permissions
_IN_VPC = (
    *("ec2:CreateNetworkInterface", "ec2:DeleteNetworkInterface"),
    "ec2:DescribeNetworkInterfaces",
)
# AWS's managed policies for functions, and what each allows of SQS and EC2.
_MANAGED: dict[str, set[str]] = {
    "AWSLambdaBasicExecutionRole": set(),
    "AWSLambdaENIManagementAccess": set(_IN_VPC),
    "AWSLambdaVPCAccessExecutionRole": set(_IN_VPC),
    "AWSXRayDaemonWriteAccess": set(),
    "AWSLambdaSQSQueueExecutionRole": {
        *("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"),
    },
}


def lacks(stack: Stack, principal: Resource, action: str, id: str | None = None) -> bool:
    """Whether a role whose policies are all in the template does not allow an action."""
    role = role_of(stack, principal)
    if role is None or allows(role_statements(stack, principal), action, id):
        return False
    managed = [str(arn).rpartition("/")[2] for arn in role.get("ManagedPolicyArns") or []]
    return all(name in _MANAGED and action not in _MANAGED[name] for name in managed)


@rule(
    stacks,
    id="role-trust",
    severity=Severity.error,
    title="a role that the service may not assume",
    why="AWS rejects the function or state machine: the service can't assume its role",
    page="lambda/latest/dg/lambda-intro-execution-role.html",
    fix="allow the service sts:AssumeRole in AssumeRolePolicyDocument",
)
def role_trust(stack: Stack) -> Iterator[Problem]:
    services = {FUNCTION: "lambda", "AWS::StepFunctions::StateMachine": "states"}
    for type, name in services.items():
        for principal in stack.of_type(type):
            role = role_of(stack, principal)
            if role and not _trusts(role, f"{name}.amazonaws.com"):
                at = role.at("AssumeRolePolicyDocument")
                yield Problem(at, f"{role.id} does not trust {name}.amazonaws.com ({principal.id})")


def _trusts(role: Resource, service: str) -> bool:
    return any(
        service in one.principals("Service")
        and one.acts_on("sts:AssumeRole")
        and one.body["Effect"] == "Allow"
        for one in statements(role, "AssumeRolePolicyDocument")
    )


@rule(
    stacks,
    id="mapping-permission",
    severity=Severity.error,
    title="an event source mapping whose function may not read the queue",
    why="Lambda polls with the function's role and rejects the mapping",
    page="lambda/latest/dg/services-sqs-configure.html",
    fix="allow sqs:ReceiveMessage, sqs:DeleteMessage and sqs:GetQueueAttributes on the queue",
)
def mapping_permission(stack: Stack) -> Iterator[Problem]:
    for consumer in consumers(stack):
        for action in ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"):
            if consumer.mapping and lacks(stack, consumer.function, action, consumer.queue.id):
                yield Problem(
                    consumer.mapping.at(),
                    f"{consumer.function.id} lacks {action} on {consumer.queue.id}",
                )


@rule(
    stacks,
    id="vpc-permission",
    severity=Severity.error,
    title="a function in a VPC whose role may not create network interfaces",
    why="Lambda rejects the function: the execution role does not have permissions to call "
    "CreateNetworkInterface on EC2; LocalStack accepts it",
    page="lambda/latest/dg/configuration-vpc.html",
    fix="add the managed policy AWSLambdaENIManagementAccess to the role where VpcConfig holds",
)
def vpc_permission(stack: Stack) -> Iterator[Problem]:
    for function in stack.of_type(FUNCTION):
        if function.get("VpcConfig", "SubnetIds"):
            lacking = [action for action in _IN_VPC if lacks(stack, function, action)]
            if lacking:
                yield Problem(function.at("VpcConfig"), f"{function.id} lacks {', '.join(lacking)}")


@rule(
    whole,
    id="code-permission",
    severity=Severity.error,
    title="a role without a permission that its code uses",
    why="the call fails with AccessDenied when it is first made",
    page="service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html",
    fix="allow the action on the resource that the code uses; batch calls need the action of "
    "the single call (PublishBatch: sns:Publish)",
)
def code_permission(definitions: Definitions) -> Iterator[Problem]:
    calls = cache(partial(calls_of, definitions.functions))
    for stack in definitions.stacks:
        for function in stack.of_type(FUNCTION):
            for call in calls(str(function.get("Handler"))):
                if lacks(stack, function, call.action):
                    file = call.path.relative_to(definitions.root).as_posix()
                    yield Problem(
                        function.at(),
                        f"{function.id} calls {call.method} ({file}:{call.line}) and its role "
                        f"does not allow {call.action}",
                    )
