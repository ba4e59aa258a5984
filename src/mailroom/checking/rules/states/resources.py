"""What a Task calls, and what the template puts into the definition."""

import json
import re
from collections.abc import Iterator
from typing import Any

from mailroom.checking.finding import Problem, Severity
from mailroom.checking.machines.machine import Machine, State
from mailroom.checking.rule import machines, rule

_INTEGRATION = re.compile(
    r"arn:[^:]+:states:::(?:aws-sdk:)?[a-z0-9-]+:([a-zA-Z0-9]+)(\.sync(?::2)?|\.waitForTaskToken)?"
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
_LARGEST_STATE = 256 * 1024
_VARIABLE = re.compile(r"\$\{([^}]*)\}")


@rule(
    machines,
    id="state-resource",
    severity=Severity.error,
    title="a Task that calls what Step Functions does not know, or without what it needs",
    why="CreateStateMachine fails with InvalidDefinition: the resource is not valid",
    page="step-functions/latest/dg/integrate-services.html",
    mend="take the ARN and the parameters from the integration's page",
)
def resources(machine: Machine) -> Iterator[Problem]:
    for state in machine.states:
        resource = state.body.get("Resource")
        if state.type == "Task" and isinstance(resource, str) and "${" not in resource:
            at = machine.at((*state.place, "Resource"))
            for fault in _faults(resource, state):
                yield Problem(at, f"Task {state.name}: {fault}")
            if machine.is_express and _NOT_EXPRESS.search(resource):
                yield Problem(at, f"Task {state.name}: an Express workflow can't wait for it")


def _faults(resource: str, state: State) -> Iterator[str]:
    match = _INTEGRATION.fullmatch(resource)
    if not match:
        if not _OTHER.fullmatch(resource):
            yield f"{resource!r} is the ARN of no integration, function or activity"
        return
    service, action = resource.split(":::")[1].split(":")[:2]
    pattern = match[2] or ""
    if service not in _SERVICES:
        yield f"Step Functions has no integration with {service!r}; try aws-sdk:{service}"
    parameters = state.body.get("Parameters") or state.body.get("Arguments") or {}
    if not isinstance(parameters, dict):
        return  # an expression that JSONata works out
    if pattern == _TOKEN:
        yield from _token_faults(parameters, state)
    known = [name for name in _ACTIONS if name.startswith(service + ":")]
    if not known:
        return
    name = f"{service}:{action.partition('.')[0]}"
    if name not in _ACTIONS:
        yield f"there is no {name}; known are {', '.join(known)}"
        return
    patterns, needed = _ACTIONS[name]
    if pattern and pattern not in patterns:
        yield f"{name} can't be waited for by {pattern}"
    for choices in needed:
        if not any(choice in parameters or f"{choice}.$" in parameters for choice in choices):
            yield f"{name} needs {' or '.join(choices)}"


def _token_faults(parameters: Any, state: State) -> Iterator[str]:
    if "$$.Task.Token" not in json.dumps(parameters):
        yield "it waits for a token ($$.Task.Token) that it gives to nobody"
    fields = ("HeartbeatSeconds", "TimeoutSeconds", "HeartbeatSecondsPath", "TimeoutSecondsPath")
    if not any(name in state.body for name in fields):
        yield "it waits for a token without limit; give it HeartbeatSeconds or TimeoutSeconds"


@rule(
    machines,
    id="state-substitution",
    severity=Severity.error,
    title="a substitution that the template does not have, or that nothing uses",
    why="what is not substituted stays as the text ${…}, and calls nothing",
    page="serverless-application-model/latest/developerguide/sam-resource-statemachine.html",
    mend="let DefinitionSubstitutions and the ${…} of the definition name the same",
)
def substitutions(machine: Machine) -> Iterator[Problem]:
    used = set(_VARIABLE.findall(json.dumps(machine.definition)))
    given = machine.substitutions
    for number, line in enumerate(machine.source.lines, 1):
        for name in _VARIABLE.findall(line) if machine.place == () else ():
            if name not in given:
                at = machine.at()
                yield Problem(type(at)(at.file, number), f"${{{name}}} has no substitution")
    if machine.place:
        for name in sorted(used - given.keys()):
            yield Problem(machine.at(), f"${{{name}}} has no substitution")
    for name in given.keys() - machine.inserted.keys():
        if name not in used:
            place = ("Resources", machine.id, "Properties", "DefinitionSubstitutions", name)
            yield Problem(machine.template.at(place), f"nothing uses the substitution {name}")


@rule(
    machines,
    id="state-payload",
    severity=Severity.warning,
    title="a state that may outgrow 256 KB",
    why="a state's input and output hold 256 KB; beyond that the execution fails with "
    "States.DataLimitExceeded, which States.ALL does not catch",
    page="step-functions/latest/dg/service-quotas.html",
    mend="keep large data in S3 and hand on where it is, or drop what is not needed "
    "(ResultSelector, ResultPath: null, ResultWriter)",
)
def payload(machine: Machine) -> Iterator[Problem]:
    for state in machine.states:
        for name in ("Result", "Parameters"):
            size = len(json.dumps(state.body.get(name), ensure_ascii=False).encode())
            if size > _LARGEST_STATE:
                at = machine.at((*state.place, name))
                yield Problem(at, f"{name} of {state.name} alone is {size:,} bytes")
        drops = "ResultPath" in state.body and state.body["ResultPath"] is None
        narrows = {"ResultSelector", "ResultWriter", "Output"} & state.body.keys()
        if state.type == "Map" and not drops and not narrows:
            yield Problem(
                machine.at(state.place), f"Map {state.name} gathers the results of all its items"
            )
