"""Queues, their dead-letter queues and who consumes them."""

from collections.abc import Iterator
from dataclasses import dataclass

from mailroom.checking.definitions import stacks
from mailroom.checking.finding import Problem, Severity
from mailroom.checking.policies import allows, role_statements
from mailroom.checking.resolve import reference
from mailroom.checking.rule import rule
from mailroom.checking.stack import Resource, Stack

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


def consumers(stack: Stack) -> Iterator[Consumer]:
    """Who receives from which queue, by event source mapping or by permission."""
    for mapping in stack.of_type(MAPPING):
        queue = stack.referred(mapping.get("EventSourceArn"), QUEUE)
        function = stack.referred(mapping.get("FunctionName"), FUNCTION)
        if queue and function:
            yield Consumer(queue, function, mapping)
    for function in stack.of_type(FUNCTION):
        statements = role_statements(stack, function)
        for queue in stack.of_type(QUEUE):
            if allows(statements, "sqs:ReceiveMessage", queue.id):
                yield Consumer(queue, function, None)


def dead_letter_queue(stack: Stack, queue: Resource) -> Resource | None:
    """The queue that takes what another can't get rid of."""
    return stack.referred(queue.get("RedrivePolicy", "deadLetterTargetArn"), QUEUE)


@rule(
    stacks,
    id="visibility-timeout",
    severity=Severity.error,
    title="a visibility timeout below the timeout of the function that consumes the queue",
    why="Lambda refuses the event source mapping; with a function that polls, messages come again "
    "while they are being processed",
    page=_EVENT_SOURCE,
    mend="set VisibilityTimeout to six times the function's Timeout plus the batch window",
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
    mend="set VisibilityTimeout to six times the function's Timeout plus the batch window",
)
def visibility_margin(stack: Stack) -> Iterator[Problem]:
    for consumer in consumers(stack):
        if consumer.timeout <= consumer.visibility < consumer.margin:
            yield Problem(
                consumer.queue.at("VisibilityTimeout"),
                f"{consumer.queue.id} hides a message for {consumer.visibility:g} s, "
                f"{consumer.margin:g} s are recommended for {consumer.function.id}",
            )


@rule(
    stacks,
    id="dead-letter-retention",
    severity=Severity.error,
    title="a dead-letter queue that does not retain for longer than its source",
    why="in a standard queue a message that is moved keeps its first timestamp: it may be deleted "
    "as soon as it has arrived",
    page=_DEAD_LETTERS,
    mend="give the dead-letter queue a longer MessageRetentionPeriod (1209600 s is the most)",
)
def dead_letter_retention(stack: Stack) -> Iterator[Problem]:
    for queue in stack.of_type(QUEUE):
        dead = dead_letter_queue(stack, queue)
        if dead is None or queue.get("FifoQueue"):
            continue
        own, its = (one.number("MessageRetentionPeriod", default=345600) for one in (queue, dead))
        if its <= own:
            yield Problem(
                dead.at("MessageRetentionPeriod"),
                f"{dead.id} retains for {its:g} s, its source {queue.id} for {own:g} s",
            )


@rule(
    stacks,
    id="max-receive-count-one",
    severity=Severity.error,
    title="maxReceiveCount: 1",
    why="SQS may count a message as received that never reached anybody; it is dead then",
    page=_DEAD_LETTERS,
    mend="set maxReceiveCount to 5 or more",
)
def max_receive_count_one(stack: Stack) -> Iterator[Problem]:
    for queue in stack.of_type(QUEUE):
        if queue.number("RedrivePolicy", "maxReceiveCount", default=10) == 1:
            at = queue.at("RedrivePolicy", "maxReceiveCount")
            yield Problem(at, f"{queue.id} gives up on a message after one receive")


@rule(
    stacks,
    id="max-receive-count-lambda",
    severity=Severity.warning,
    title="maxReceiveCount below 5 on a queue that Lambda polls",
    why="throttled invocations count as receives: messages die without having been tried",
    page=_EVENT_SOURCE,
    mend="set maxReceiveCount to at least 5",
)
def max_receive_count_lambda(stack: Stack) -> Iterator[Problem]:
    for consumer in consumers(stack):
        count = consumer.queue.number("RedrivePolicy", "maxReceiveCount", default=10)
        if consumer.mapping and 1 < count < 5:
            at = consumer.queue.at("RedrivePolicy", "maxReceiveCount")
            yield Problem(at, f"{consumer.queue.id} gives up on a message after {count:g} receives")


@rule(
    stacks,
    id="consumer-dead-letter",
    severity=Severity.warning,
    title="a consumed queue without a dead-letter queue",
    why="a message that can't be processed comes again until its retention ends, and is deleted",
    page=_DEAD_LETTERS,
    mend="add RedrivePolicy with deadLetterTargetArn and maxReceiveCount",
)
def consumer_dead_letter(stack: Stack) -> Iterator[Problem]:
    for queue in {consumer.queue.id: consumer.queue for consumer in consumers(stack)}.values():
        if not queue.get("RedrivePolicy"):
            yield Problem(queue.at(), f"{queue.id} is consumed and has no dead-letter queue")


@rule(
    stacks,
    id="redrive-allow",
    severity=Severity.error,
    title="a dead-letter queue that its source may not use",
    why="SQS refuses a RedrivePolicy to a queue of another type, or whose RedriveAllowPolicy "
    "does not admit the source",
    page=_DEAD_LETTERS,
    mend="make both standard or both FIFO, and name the source in sourceQueueArns (at most 10)",
)
def redrive_allow(stack: Stack) -> Iterator[Problem]:
    for queue in stack.of_type(QUEUE):
        dead = dead_letter_queue(stack, queue)
        if dead is None:
            continue
        if bool(dead.get("FifoQueue")) != bool(queue.get("FifoQueue")):
            at = queue.at("RedrivePolicy")
            yield Problem(at, f"{queue.id} and {dead.id} are not of the same type (FIFO)")
        permission = dead.get("RedriveAllowPolicy", "redrivePermission") or "allowAll"
        sources = dead.get("RedriveAllowPolicy", "sourceQueueArns") or []
        admitted = {reference(source) for source in sources}
        at = dead.at("RedriveAllowPolicy")
        if permission == "denyAll" or (permission == "byQueue" and queue.id not in admitted):
            yield Problem(at, f"{dead.id} does not admit {queue.id}")
        if len(sources) > 10:
            yield Problem(at, f"{dead.id} names {len(sources)} sources")
