"""Queues, and the functions that consume them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from mailroom.checking.finding import Problem, Severity
from mailroom.checking.rule import rule, stacks
from mailroom.checking.template.policies import allows, role_statements
from mailroom.checking.template.stack import Resource, Stack

QUEUE = "AWS::SQS::Queue"
FUNCTION = "AWS::Lambda::Function"
MAPPING = "AWS::Lambda::EventSourceMapping"
_EVENT_SOURCE = "lambda/latest/dg/services-sqs-configure.html"
_DEAD_LETTERS = "AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html"


@dataclass(frozen=True)
class Consumer:
    """A function that receives from a queue.

    Attributes:
        mapping: The event source mapping that invokes it; None when it polls.
    """

    queue: Resource
    function: Resource
    mapping: Resource | None

    @property
    def timeout(self) -> float:
        return self.function.number("Timeout", default=3)

    @property
    def visibility(self) -> float:
        return self.queue.number("VisibilityTimeout", default=30)

    @property
    def margin(self) -> float:
        """What AWS recommends: six times the function's timeout, plus the batch window."""
        if self.mapping is None:
            return self.timeout
        return 6 * self.timeout + self.mapping.number("MaximumBatchingWindowInSeconds", default=0)


def function_of(stack: Stack, value: Any) -> Resource | None:
    """The function that a value refers to, directly or by a version or an alias."""
    if function := stack.referred(value, FUNCTION):
        return function
    for type in ("AWS::Lambda::Alias", "AWS::Lambda::Version"):
        if found := stack.referred(value, type):
            return function_of(stack, found.get("FunctionName"))
    return None


def consumers(stack: Stack) -> Iterator[Consumer]:
    """The functions that receive from queues, by event source mapping or by permission."""
    for mapping in stack.of_type(MAPPING):
        queue = stack.referred(mapping.get("EventSourceArn"), QUEUE)
        function = function_of(stack, mapping.get("FunctionName"))
        if queue and function:
            yield Consumer(queue, function, mapping)
    for function in stack.of_type(FUNCTION):
        statements = role_statements(stack, function)
        for queue in stack.of_type(QUEUE):
            if allows(statements, "sqs:ReceiveMessage", queue.id):
                yield Consumer(queue, function, None)


@rule(
    stacks,
    id="visibility-timeout",
    severity=Severity.error,
    title="a visibility timeout below the timeout of the function that consumes the queue",
    why="Lambda rejects the event source mapping; to a function that polls, SQS delivers messages "
    "again while they are being processed",
    page=_EVENT_SOURCE,
    fix="set VisibilityTimeout to six times the function's Timeout plus the batch window",
)
def visibility_timeout(stack: Stack) -> Iterator[Problem]:
    for consumer in consumers(stack):
        if consumer.visibility < consumer.timeout:
            yield Problem(
                consumer.queue.at("VisibilityTimeout"),
                f"{consumer.queue.id} hides a message for {consumer.visibility:g} s, "
                f"{consumer.function.id} may take {consumer.timeout:g} s",
            )


@rule(
    stacks,
    id="visibility-margin",
    severity=Severity.warning,
    title="a visibility timeout below six times the function's timeout",
    why="when Lambda throttles the function, messages become visible again before they were tried, "
    "and reach the dead-letter queue unprocessed",
    page=_EVENT_SOURCE,
    fix="set VisibilityTimeout to six times the function's Timeout plus the batch window",
)
def visibility_margin(stack: Stack) -> Iterator[Problem]:
    for consumer in consumers(stack):
        if consumer.timeout <= consumer.visibility < consumer.margin:
            yield Problem(
                consumer.queue.at("VisibilityTimeout"),
                f"{consumer.queue.id} hides a message for {consumer.visibility:g} s, "
                f"{consumer.margin:g} s are recommended for {consumer.function.id}",
            )
