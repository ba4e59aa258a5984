"""What AWS would do for a number of messages, scaled from what was counted."""

import math
from dataclasses import dataclass

from mailroom.estimating.declared import Declared
from mailroom.estimating.measured import DatabaseUse, FunctionUse, Measured

# A request of SNS or SQS is billed for each 64 KB of its payload, and has at most 256 KB.
# https://aws.amazon.com/sqs/pricing/, https://aws.amazon.com/sns/pricing/
_CHUNK = 64 * 1024
LARGEST = 256 * 1024
_IN_TENS = {
    "sns:PublishBatch": "sns",
    "sqs:ReceiveMessage": "sqs",
    "sqs:SendMessageBatch": "sqs",
    "sqs:DeleteMessageBatch": "",
}


@dataclass(frozen=True)
class Work:
    """What AWS would do.

    Attributes:
        messages: Their number.
        size: Bytes of one.
        calls: Requests by service and operation.
        billed: The same, as AWS bills them: one for each 64 KB of payload.
        transitions: State transitions.
        functions: By short name.
        database: What Postgres does for each message.
    """

    messages: int
    size: int
    calls: dict[str, int]
    billed: dict[str, int]
    transitions: int
    functions: dict[str, FunctionUse]
    database: DatabaseUse

    def requests(self, service: str) -> int:
        """How many requests of a service AWS bills."""
        return sum(count for name, count in self.billed.items() if name.startswith(f"{service}:"))

    def gigabyte_seconds(self, declared: Declared) -> float:
        """Of all functions, with the memory that is declared."""
        return sum(
            use.billed_ms / 1000 * declared.functions[name].memory / 1024
            for name, use in self.functions.items()
        )


def work_for(messages: int, size: int, measured: Measured, database: DatabaseUse) -> Work:
    """What AWS would do for messages: all counts grow with their number.

    Args:
        messages: Their number.
        size: Bytes of one; larger ones make smaller batches.
        measured: What was counted.
        database: What Postgres does for each message.
    """
    factor = messages / measured.messages
    calls, billed = {}, {}
    for name, count in measured.calls.items():
        entries = measured.messages / count if name in _IN_TENS else 1
        fitting = max(1.0, min(entries, LARGEST // size)) if name in _IN_TENS else 1
        calls[name] = round(count * factor * (entries / fitting))
        payload = fitting * size if _IN_TENS.get(name) else 0
        billed[name] = calls[name] * max(1, math.ceil(payload / _CHUNK))
    return Work(
        messages,
        size,
        calls,
        billed,
        round(measured.transitions * factor),
        {
            name: FunctionUse(
                round(one.invocations * factor),
                round(one.billed_ms * factor),
                round(one.log_bytes * factor),
            )
            for name, one in measured.functions.items()
        },
        database,
    )
