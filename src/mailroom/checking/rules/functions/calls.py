"""Calls in the functions' code that behave otherwise in AWS."""

import ast
from collections.abc import Iterator
from typing import Any

from mailroom.checking.code.modules import Module, reachable
from mailroom.checking.definitions import Definitions
from mailroom.checking.finding import Problem, Severity
from mailroom.checking.rule import rule, whole
from mailroom.checking.rules.messaging.queues import FUNCTION

# botocore's read timeout in seconds, after which it calls again.
_READ_TIMEOUT = 60


@rule(
    whole,
    id="short-poll",
    severity=Severity.warning,
    title="a short poll of a queue",
    why="SQS asks a part of its servers, and may answer that the queue is empty while it isn't",
    page="AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-short-and-long-polling.html",
    fix="call ReceiveMessage with WaitTimeSeconds of 1 or more, or set the queue's "
    "ReceiveMessageWaitTimeSeconds",
)
def short_poll(definitions: Definitions) -> Iterator[Problem]:
    waits = any(
        queue.number("ReceiveMessageWaitTimeSeconds", default=0)
        for stack in definitions.known_stacks
        for queue in stack.of_type("AWS::SQS::Queue")
    )
    for module, call, said in _calls(definitions, "receive_message"):
        seconds = said.get("WaitTimeSeconds", 1 if waits else 0)
        if not seconds:
            at = definitions.location(module.path, call.lineno)
            yield Problem(at, "ReceiveMessage does not wait")


@rule(
    whole,
    id="invoke-timeout",
    severity=Severity.warning,
    title="a synchronous invocation that gives up before its function does",
    why="after 60 seconds botocore gives up waiting and invokes the function again, while the "
    "first invocation goes on",
    page="lambda/latest/dg/invocation-sync.html",
    fix="make the client with Config(read_timeout=…, retries={'total_max_attempts': 1}), longer "
    "than the function's Timeout",
)
def invoke_timeout(definitions: Definitions) -> Iterator[Problem]:
    longest = max(
        (
            function.number("Timeout", default=3)
            for stack in definitions.known_stacks
            for function in stack.of_type(FUNCTION)
        ),
        default=0,
    )
    for module, call, said in _calls(definitions, "invoke") if longest > _READ_TIMEOUT else ():
        waits = "FunctionName" in said and said.get("InvocationType") not in ("Event", "DryRun")
        if waits and "read_timeout" not in ast.unparse(module.tree):
            at = definitions.location(module.path, call.lineno)
            yield Problem(at, f"a function here may run for {longest:.0f} s")


def _calls(
    definitions: Definitions, method: str
) -> Iterator[tuple[Module, ast.Call, dict[str, Any]]]:
    """Calls of a method with what their keywords say: a constant's value, or else a true value.

    Those with `**` are left out, as what they say isn't known.
    """
    for module in modules_of(definitions):
        for call in ast.walk(module.tree):
            if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute):
                continue
            if call.func.attr == method and all(one.arg for one in call.keywords):
                yield module, call, {str(one.arg): _said(one.value) for one in call.keywords}


def _said(value: ast.expr) -> Any:
    return value.value if isinstance(value, ast.Constant) else ast.unparse(value)


def modules_of(definitions: Definitions) -> list[Module]:
    """The modules that the template's functions import, each once."""
    found = {
        module.path: module
        for stack in definitions.known_stacks
        for function in stack.of_type(FUNCTION)
        for module in reachable(
            definitions.functions, str(function.get("Handler")).rpartition(".")[0]
        )
    }
    return list(found.values())
