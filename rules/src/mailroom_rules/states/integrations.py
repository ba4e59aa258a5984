"""What a Task calls.

https://docs.aws.amazon.com/step-functions/latest/dg/integrate-services.html
"""

import json
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from mailroom_rules.states.definition import Definition, Diagnostic, State

_INTEGRATION = re.compile(
    r"arn:[^:]+:states:::(?P<sdk>aws-sdk:)?(?P<service>[a-z0-9-]+):(?P<action>[a-zA-Z0-9]+)"
    r"(?P<pattern>\.sync(?::2)?|\.waitForTaskToken)?"
)
_OTHER = re.compile(
    r"arn:[^:]+:lambda:[^:]+:\d{12}:function:[^:]+(:[^:]+)?|arn:[^:]+:states:[^:]+:\d{12}:activity:.+"
)
# https://docs.aws.amazon.com/step-functions/latest/dg/choosing-workflow-type.html
_NOT_EXPRESS = re.compile(r"\.sync(?::2)?$|\.waitForTaskToken$|:activity:")
_SERVICES = (
    *("apigateway", "athena", "aws-sdk", "batch", "bedrock", "codebuild", "databrew", "dynamodb"),
    *("ecs", "eks", "elasticmapreduce", "emr-containers", "emr-serverless", "events", "glue"),
    *("http", "lambda", "mediaconvert", "sagemaker", "sns", "sqs", "states"),
)
# Action → how it may be waited for, and the parameters of which it needs one each.
# https://docs.aws.amazon.com/step-functions/latest/dg/integrate-optimized.html
_TOKEN = ".waitForTaskToken"
_ACTIONS: dict[str, tuple[tuple[str, ...], list[tuple[str, ...]]]] = {
    "lambda:invoke": ((_TOKEN,), [("FunctionName",)]),
    "sns:publish": ((_TOKEN,), [("TopicArn", "TargetArn", "PhoneNumber"), ("Message",)]),
    "sqs:sendMessage": ((_TOKEN,), [("QueueUrl",), ("MessageBody",)]),
    "states:startExecution": ((".sync", ".sync:2", _TOKEN), [("StateMachineArn",)]),
    "events:putEvents": ((_TOKEN,), [("Entries",)]),
    "dynamodb:getItem": ((), [("TableName",), ("Key",)]),
    "dynamodb:putItem": ((), [("TableName",), ("Item",)]),
    "dynamodb:updateItem": ((), [("TableName",), ("Key",)]),
    "dynamodb:deleteItem": ((), [("TableName",), ("Key",)]),
}


class Fault(NamedTuple):
    """What is wrong with a resource.

    Attributes:
        text: in Mailroom's words.
        sentence: AWS's, where it is known.
        certain: whether a source is sure that AWS rejects it.
        in_parameters: whether AWS says that it is in the parameters.
    """

    text: str
    sentence: str | None = None
    certain: bool = True
    in_parameters: bool = False


def integrated_call(resource: str) -> tuple[str, str] | None:
    """The service and the operation that a Task's Resource calls, such as `sns` and `Publish`."""
    found = _INTEGRATION.fullmatch(resource)
    return (found["service"], found["action"][0].upper() + found["action"][1:]) if found else None


def resources(definition: Definition) -> Iterator[Diagnostic]:
    """Resources that Step Functions doesn't know, and parameters that they lack."""
    for state in definition.states:
        resource = state.body.get("Resource")
        if state.type == "Task" and isinstance(resource, str) and "${" not in resource:
            faults = list(_faults(resource, state))
            if definition.express and _NOT_EXPRESS.search(resource):
                faults.append(Fault("an Express workflow can't wait for it"))
            for fault in faults:
                yield Diagnostic(
                    (*state.path, "Resource"),
                    f"Task {state.name}: {fault.text}",
                    sentence=fault.sentence,
                    place=(*state.path, "Parameters") if fault.in_parameters else None,
                    certain=fault.certain,
                )


def not_recognized(resource: str) -> str:
    """AWS's sentence about a resource that Step Functions doesn't know."""
    return (
        f"The resource provided {resource} is not recognized. The value is not a valid resource"
        " ARN, or the resource is not available in this region."
    )


def is_required(parameter: str) -> str:
    """AWS's sentence about a parameter that is missing."""
    return f'The field "{parameter}" is required but was missing'


def sdk_call(state: State) -> tuple[str, str] | None:
    """The service and the operation of a Task that calls an API of the AWS SDK."""
    match = _INTEGRATION.fullmatch(str(state.body.get("Resource")))
    return (
        integrated_call(match.string) if match and match["sdk"] and state.type == "Task" else None
    )


def _faults(resource: str, state: State) -> Iterator[Fault]:
    unknown = not_recognized(resource)
    match = _INTEGRATION.fullmatch(resource)
    if not match:
        if not _OTHER.fullmatch(resource):
            text = f"{resource!r} is not the ARN of an integration, a function or an activity"
            is_arn = resource.startswith("arn:")
            yield Fault(text, None if is_arn else unknown, certain=not is_arn)
        return
    service, pattern = match["service"], match["pattern"] or ""
    if not match["sdk"] and service not in _SERVICES:
        text = f"Step Functions has no integration with {service!r}; try aws-sdk:{service}"
        yield Fault(text, unknown)
    if match["sdk"] and pattern.startswith(".sync"):
        yield Fault(f"a call of the AWS SDK can't be waited for by {pattern}", unknown)
    parameters = state.body.get("Parameters") or state.body.get("Arguments") or {}
    if not isinstance(parameters, dict):
        return  # an expression that JSONata works out
    if pattern == _TOKEN:
        yield from _token_faults(parameters, state)
    known = [name for name in _ACTIONS if name.startswith(service + ":")]
    if match["sdk"] or not known:
        return
    name = f"{service}:{match['action']}"
    if name not in _ACTIONS:
        yield Fault(f"there is no {name}; known are {', '.join(known)}", unknown)
        return
    patterns, needed = _ACTIONS[name]
    if pattern and pattern not in patterns:
        yield Fault(f"{name} can't be waited for by {pattern}", unknown)
    for choices in needed:
        if not any(choice in parameters or f"{choice}.$" in parameters for choice in choices):
            one = len(choices) == 1
            yield Fault(
                f"{name} needs {' or '.join(choices)}",
                is_required(*choices) if one else None,
                certain=one,
                in_parameters=one,
            )


def _token_faults(parameters: Any, state: State) -> Iterator[Fault]:
    if "$$.Task.Token" not in json.dumps(parameters):
        text = "it waits for a token, but its parameters don't contain $$.Task.Token"
        yield Fault(text, certain=False)
    fields = ("HeartbeatSeconds", "TimeoutSeconds", "HeartbeatSecondsPath", "TimeoutSecondsPath")
    if not any(name in state.body for name in fields):
        limit = "give it HeartbeatSeconds or TimeoutSeconds"
        yield Fault(f"it waits for a token without limit; {limit}", certain=False)
