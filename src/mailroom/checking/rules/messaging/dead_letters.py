"""Dead-letter queues of queues."""

from collections.abc import Iterator

from mailroom.checking.finding import Problem, Severity
from mailroom.checking.rule import rule, stacks
from mailroom.checking.rules.messaging.queues import QUEUE, consumers
from mailroom.checking.template.resolve import reference
from mailroom.checking.template.stack import Resource, Stack

_EVENT_SOURCE = "lambda/latest/dg/services-sqs-configure.html"
_DEAD_LETTERS = "AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html"
# An Aurora instance may be away for ten minutes, a correction of a configuration takes longer.
_OUTAGE_SECONDS = 3600


def dead_letter_queue(stack: Stack, queue: Resource) -> Resource | None:
    """The dead-letter queue of a queue."""
    return stack.referred(queue.get("RedrivePolicy", "deadLetterTargetArn"), QUEUE)


@rule(
    stacks,
    id="dead-letter-retention",
    severity=Severity.error,
    title="a dead-letter queue that does not retain for longer than its source",
    why="in a standard queue a message that is moved keeps its first timestamp: it may be deleted "
    "as soon as it has arrived",
    page=_DEAD_LETTERS,
    fix="give the dead-letter queue a longer MessageRetentionPeriod (1209600 s is the most)",
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
                f"{dead.id} retains for {its:.10g} s, its source {queue.id} for {own:.10g} s",
            )


@rule(
    stacks,
    id="expiry-alarm",
    severity=Severity.warning,
    title="a consumed queue whose messages expire without an alarm",
    why="SQS deletes a message at the end of its retention, without a dead letter or a trace",
    page="AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html",
    fix="add an alarm on the queue's ApproximateAgeOfOldestMessage, at half of its retention",
)
def expiry_alarm(stack: Stack) -> Iterator[Problem]:
    watched = {
        reference(dimension.get("Value")): alarm.number("Threshold", default=0)
        for alarm in stack.of_type("AWS::CloudWatch::Alarm")
        if alarm.get("MetricName") == "ApproximateAgeOfOldestMessage"
        for dimension in alarm.get("Dimensions") or []
    }
    for queue in {consumer.queue.id: consumer.queue for consumer in consumers(stack)}.values():
        retention = queue.number("MessageRetentionPeriod", default=345600)
        if watched.get(queue.id, retention) >= retention:
            yield Problem(queue.at(), f"no alarm says that messages of {queue.id} expire")


@rule(
    stacks,
    id="max-receive-count-one",
    severity=Severity.error,
    title="maxReceiveCount: 1",
    why="SQS may count a receive that reached no consumer; the message then goes to the "
    "dead-letter queue",
    page=_DEAD_LETTERS,
    fix="set maxReceiveCount to 5 or more",
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
    why="throttled invocations count as receives: messages go to the dead-letter queue unprocessed",
    page=_EVENT_SOURCE,
    fix="set maxReceiveCount to at least 5",
)
def max_receive_count_lambda(stack: Stack) -> Iterator[Problem]:
    for consumer in consumers(stack):
        count = consumer.queue.number("RedrivePolicy", "maxReceiveCount", default=10)
        if consumer.mapping and 1 < count < 5:
            at = consumer.queue.at("RedrivePolicy", "maxReceiveCount")
            yield Problem(
                at,
                f"{consumer.queue.id} gives up on a message after {count:g} receives",
            )


@rule(
    stacks,
    id="outage-patience",
    severity=Severity.warning,
    title="a queue whose messages are dead after less than an hour of failures",
    why="while its consumer fails (a database that is down, a wrong permission), a message is "
    "received once in each visibility timeout, and moved after maxReceiveCount receives",
    page=_DEAD_LETTERS,
    fix="raise maxReceiveCount or VisibilityTimeout, so that their product is an hour or more",
)
def outage_patience(stack: Stack) -> Iterator[Problem]:
    for queue in {consumer.queue.id: consumer.queue for consumer in consumers(stack)}.values():
        count = queue.number("RedrivePolicy", "maxReceiveCount", default=0)
        lasts = (count - 1) * queue.number("VisibilityTimeout", default=30)
        if count and lasts < _OUTAGE_SECONDS:
            at = queue.at("RedrivePolicy", "maxReceiveCount")
            yield Problem(at, f"{queue.id} gives up on a message after {max(lasts, 0):g} s")


@rule(
    stacks,
    id="consumer-dead-letter",
    severity=Severity.warning,
    title="a consumed queue without a dead-letter queue",
    why="SQS delivers a message that can't be processed until its retention ends, and deletes it",
    page=_DEAD_LETTERS,
    fix="add RedrivePolicy with deadLetterTargetArn and maxReceiveCount",
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
    why="SQS rejects a RedrivePolicy to a queue of another type, or whose RedriveAllowPolicy "
    "does not admit the source",
    page=_DEAD_LETTERS,
    fix="make both standard or both FIFO, and name the source in sourceQueueArns (at most 10)",
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
