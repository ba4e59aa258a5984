"""Generates the branches of the state machine, one for each message type, in infra/asl.json."""

import json
from collections.abc import Sequence
from typing import Any

from mailroom.errors import Refused
from mailroom.types.described import MessageType, pascal

_PARALLEL = "ProcessMessages"
_LAST = "BatchSettled"
# What the last state's output has beside a key for each type.
_COMMON = ("batchId.$", "published.$", "duplicates.$")
_TRANSIENT = [
    "Lambda.ClientExecutionTimeoutException",
    "Lambda.ServiceException",
    "Lambda.AWSLambdaException",
    "Lambda.SdkClientException",
    "DatabaseUnavailable",
    "QueueUnavailable",
    "SecretUnavailable",
]
# Until another execution has ended: for some seven minutes, as the jitter halves the delays.
_THROTTLED = {
    "ErrorEquals": ["Lambda.TooManyRequestsException"],
    "IntervalSeconds": 2,
    "MaxAttempts": 20,
    "BackoffRate": 1.5,
    "MaxDelaySeconds": 60,
    "JitterStrategy": "FULL",
}
_COUNTS = {"published": "expected"} | {
    name: name for name in ("ingested", "deadLettered", "alreadyThere")
}


def generate_state_machine(text: str, types: Sequence[MessageType]) -> str:
    """The state machine with the branches and the output of the types, in their order.

    A text that has them already stays as it is, however it is formatted.

    Raises:
        Refused: The text is not JSON, or lacks one of the two states.
    """
    try:
        machine = json.loads(text)
        machine["States"][_PARALLEL]["Branches"] = [_branch(one) for one in types]
        output = machine["States"][_LAST]["Parameters"]
    except json.JSONDecodeError as error:
        raise Refused(f"asl.json:{error.lineno}: not JSON: {error.msg}") from None
    except (KeyError, TypeError) as error:
        missing = f"infra/asl.json lacks the state {_PARALLEL} or {_LAST}"
        raise Refused(f"{missing}: {error}") from None
    common = {key: output[key] for key in _COMMON if key in output}
    each = {f"{one.name}.$": f"$.processed[{place}]" for place, one in enumerate(types)}
    machine["States"][_LAST]["Parameters"] = common | each
    if machine == json.loads(text):
        return text
    return json.dumps(machine, indent=2, ensure_ascii=False) + "\n"


def branch_types(text: str) -> list[str]:
    """The names of the types that a state machine's branches process, in their order."""
    try:
        output = json.loads(text)["States"][_LAST]["Parameters"]
    except (ValueError, KeyError, TypeError):
        return []
    return [key.removesuffix(".$") for key in output if key not in _COMMON]


def _branch(one: MessageType) -> dict[str, Any]:
    many = pascal(one.table)
    process, settled = f"Process{many}", f"Are{many}Settled"
    status = "$.process.result.status"
    outcomes = {"settled": f"{many}Settled", "late": f"{many}NotSettled"}
    late = (
        f"States.Format('Batch {{}} published {{}} {one.table.replace('_', ' ')} and {{}} settled"
        " within the limit. What is late stays in the queue for the next execution.',"
        " $.batchId, $.process.result.expected, $.process.result.settled)"
    )
    return {
        "StartAt": process,
        "States": {
            process: _process(one, many, settled),
            settled: {
                "Type": "Choice",
                "Choices": [
                    {"Variable": status, "StringEquals": value, "Next": state}
                    for value, state in outcomes.items()
                ],
                "Default": f"WaitFor{many}",
            },
            f"WaitFor{many}": {
                "Type": "Wait",
                "SecondsPath": "$.process.result.waitSeconds",
                "Next": process,
            },
            f"{many}Settled": {
                "Type": "Pass",
                "Parameters": {f"{k}.$": f"$.process.result.{v}" for k, v in _COUNTS.items()},
                "End": True,
            },
            f"{many}NotSettled": {"Type": "Fail", "Error": "BatchNotSettled", "CausePath": late},
            f"{many}NotProcessed": {
                "Type": "Fail",
                "ErrorPath": "$.error.Error",
                "CausePath": "$.error.Cause",
            },
        },
    }


def _process(one: MessageType, many: str, next_state: str) -> dict[str, Any]:
    return {
        "Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke",
        "Comment": "Consumes and ingests, or counts, until the batch is settled or the function's"
        " time runs short",
        "Parameters": {
            "FunctionName": "${ProcessMessagesFunctionArn}",
            "Payload": {
                "type": one.name,
                "batchId.$": "$.batchId",
                "expected.$": f"$.published.{one.name}",
                "startedAt.$": "$.processing.startedAt",
                **({"consumers": one.consumers} if one.consumers else {}),
            },
        },
        "ResultSelector": {"result.$": "$.Payload"},
        "ResultPath": "$.process",
        "Retry": [
            _THROTTLED,
            {
                "ErrorEquals": _TRANSIENT,
                "IntervalSeconds": 1,
                "MaxAttempts": 5,
                "BackoffRate": 2,
                "MaxDelaySeconds": 20,
                "JitterStrategy": "FULL",
            },
            {
                "ErrorEquals": ["Lambda.Unknown", "Sandbox.Timedout", "Runtime.ExitError"],
                "IntervalSeconds": 1,
                "MaxAttempts": 2,
                "BackoffRate": 2,
            },
        ],
        "Catch": [
            {
                "ErrorEquals": ["States.ALL"],
                "ResultPath": "$.error",
                "Next": f"{many}NotProcessed",
            }
        ],
        "Next": next_state,
    }
