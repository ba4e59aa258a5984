"""What bounds the rate of messages in AWS: quotas, and what the definitions declare."""

from collections.abc import Iterator
from dataclasses import dataclass

from mailroom.estimating.bill import VCPU_OF_ACU
from mailroom.estimating.declared import Declared
from mailroom.estimating.requests import Work

# Messages published per second, in an account and region; the region's own, then all others.
# https://docs.aws.amazon.com/general/latest/gr/sns.html
_PUBLISHES = {
    **dict.fromkeys(("us-east-1",), 30_000),
    **dict.fromkeys(("us-west-2", "eu-west-1"), 9_000),
    **dict.fromkeys(
        (
            *("us-east-2", "us-west-1", "ap-south-1", "ap-northeast-2", "ap-southeast-1"),
            *("ap-southeast-2", "ap-northeast-1", "eu-central-1"),
        ),
        1_500,
    ),
}
_PUBLISHES_ELSEWHERE = 300
# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-queues.html
_IN_FLIGHT = 120_000
# Concurrent executions of all functions of an account.
# https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
_CONCURRENCY = 1_000
_PUBLISH, _PROCESS = "publish_messages", "process_messages"


@dataclass(frozen=True)
class Limit:
    """Something that bounds the rate: its value, and the messages per second that it allows."""

    what: str
    value: float
    rate: float


def limits(work: Work, declared: Declared) -> list[Limit]:
    """What bounds the rate, the lowest first."""
    return sorted(_limits(work, declared), key=lambda one: one.rate)


def _limits(work: Work, declared: Declared) -> Iterator[Limit]:
    publishes = _PUBLISHES.get(declared.region, _PUBLISHES_ELSEWHERE)
    yield Limit(f"SNS: messages published per second in {declared.region}", publishes, publishes)
    for name, label in (
        (_PUBLISH, "PublishMessagesFunction"),
        (_PROCESS, "ProcessMessagesFunction"),
    ):
        reserved = declared.functions[name].concurrency
        what = (
            f"Lambda: concurrency of {label}" if reserved else "Lambda: concurrency of the account"
        )
        value = reserved or _CONCURRENCY
        yield Limit(what, value, value * _rate(work, name))
    each = declared.consumers
    environments = declared.connections / each
    yield Limit(
        "Postgres: connections of ProcessMessagesFunction",
        declared.connections,
        environments * _rate(work, _PROCESS),
    )
    in_flight = each * declared.batch_size
    yield Limit(
        "SQS: messages in flight, each queue",
        _IN_FLIGHT,
        declared.queues * _IN_FLIGHT / in_flight * _rate(work, _PROCESS),
    )
    capacity = declared.maximum_capacity
    if work.database.cpu_ms:
        rate = capacity * VCPU_OF_ACU * 1000 / work.database.cpu_ms
        yield Limit("Aurora: its maximum capacity in ACUs", capacity, rate)


def _rate(work: Work, function: str) -> float:
    """Messages per second that one execution environment takes, by its billed time."""
    billed = work.functions[function].billed_ms
    return work.messages / (billed / 1000) if billed else float("inf")
