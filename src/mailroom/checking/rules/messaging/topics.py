"""Topics, their subscriptions, and the policies of the queues that they send to."""

from collections.abc import Iterator
from typing import Any

from mailroom_rules.policies import as_list

from mailroom.checking.finding import Problem, Severity
from mailroom.checking.rule import rule, stacks
from mailroom.checking.rules.messaging.queues import QUEUE
from mailroom.checking.template.policies import Statement, statements
from mailroom.checking.template.resolve import reference
from mailroom.checking.template.stack import Resource, Stack

SUBSCRIPTION = "AWS::SNS::Subscription"
_SNS = "sns.amazonaws.com"
_QUEUE_POLICY = "sns/latest/dg/subscribe-sqs-queue-to-sns-topic.html"
_SOURCE = {"aws:sourcearn", "aws:sourceaccount"}


def subscriptions(stack: Stack) -> Iterator[Resource]:
    """All subscriptions, also those among the properties of a topic."""
    yield from stack.of_type(SUBSCRIPTION)
    for topic in stack.of_type("AWS::SNS::Topic"):
        for index, properties in enumerate(topic.get("Subscription") or []):
            own = {"TopicArn": {"Ref": topic.id}, **properties}
            yield Resource(f"{topic.id}.Subscription.{index}", SUBSCRIPTION, own, topic.source)


def deliveries(stack: Stack) -> Iterator[tuple[Resource, Resource, str | None]]:
    """Every queue that a subscription sends to, its dead-letter queue too, and its topic."""
    for subscription in subscriptions(stack):
        topic = reference(subscription.get("TopicArn"))
        targets = [subscription.get("RedrivePolicy", "deadLetterTargetArn")]
        if subscription.get("Protocol") == "sqs":
            targets.append(subscription.get("Endpoint"))
        for target in targets:
            if queue := stack.referred(target, QUEUE):
                yield subscription, queue, topic


def _policy(stack: Stack, queue: Resource) -> list[Statement]:
    """The statements about SNS sending to a queue."""
    found: list[Statement] = []
    for policy in stack.of_type("AWS::SQS::QueuePolicy", "AWS::SQS::QueueInlinePolicy"):
        named = [*as_list(policy.get("Queues")), *as_list(policy.get("Queue"))]
        if queue.id in [reference(one) for one in named]:
            found += statements(policy, "PolicyDocument")
    return [
        one
        for one in found
        if one.acts_on("sqs:SendMessage") and one.is_about(queue.id) and _is_for_sns(one)
    ]


def _is_for_sns(statement: Statement) -> bool:
    return _SNS in statement.principals("Service") or "*" in statement.principals("AWS")


def _sources(statement: Statement) -> list[tuple[bool, Any]] | None:
    """The values of a condition on where the message comes from; None without one.

    Each says whether the message must come from there, or must not.
    """
    condition = statement.body.get("Condition")
    found = [
        ("not" not in operator.lower(), value)
        for operator, keys in (condition.items() if isinstance(condition, dict) else ())
        for key, values in (keys.items() if isinstance(keys, dict) else ())
        if key.lower() in _SOURCE
        for value in as_list(values)
    ]
    return found or None


def _admits(statement: Statement, topic: str | None) -> bool:
    sources = _sources(statement) or []
    required = [one for must, one in sources if must]
    return (not required or any(_may_be(one, topic) for one in required)) and not any(
        _may_be(one, topic) for must, one in sources if not must
    )


def _may_be(source: Any, topic: str | None) -> bool:
    return reference(source) in (topic, "AWS::AccountId") or (
        isinstance(source, str) and (source.endswith("*") or source.isdigit())
    )


def _denies(statement: Statement) -> bool:
    """Whether it denies always: a condition such as aws:SecureTransport does not apply to SNS."""
    return statement.body.get("Effect") == "Deny" and not statement.body.get("Condition")


@rule(
    stacks,
    id="subscription-queue-policy",
    severity=Severity.error,
    title="a subscription whose queue does not let the topic send",
    why="SNS retries each message for 23 days and discards it",
    page=_QUEUE_POLICY,
    fix="allow sns.amazonaws.com sqs:SendMessage in the queue's policy, with "
    "ArnEquals aws:SourceArn naming the topic; for the subscription's dead-letter queue too",
)
def subscription_queue_policy(stack: Stack) -> Iterator[Problem]:
    for subscription, queue, topic in deliveries(stack):
        about = [one for one in _policy(stack, queue) if _admits(one, topic)]
        allowed = any(one.body.get("Effect") == "Allow" for one in about)
        denied = any(_denies(one) for one in about)
        if denied or not allowed:
            yield Problem(
                subscription.at(), f"{queue.id} does not let {topic or 'the topic'} send to it"
            )


@rule(
    stacks,
    id="queue-policy-open",
    severity=Severity.warning,
    title="a queue policy that lets every topic send",
    why="any topic of any account may send to the queue (the confused deputy)",
    page="sns/latest/dg/sns-access-policy-use-cases.html",
    fix="add the condition ArnEquals aws:SourceArn with the topic",
)
def queue_policy_open(stack: Stack) -> Iterator[Problem]:
    for _, queue, _ in deliveries(stack):
        for statement in _policy(stack, queue):
            if statement.body.get("Effect") == "Allow" and _sources(statement) is None:
                yield Problem(statement.at, f"any topic may send to {queue.id}")


@rule(
    stacks,
    id="subscription-dead-letter",
    severity=Severity.warning,
    title="a subscription without a dead-letter queue",
    why="SNS discards what it can't deliver within its retries, without a notice",
    page="sns/latest/dg/sns-dead-letter-queues.html",
    fix="add RedrivePolicy with deadLetterTargetArn to the subscription",
)
def subscription_dead_letter(stack: Stack) -> Iterator[Problem]:
    for subscription in subscriptions(stack):
        if not subscription.get("RedrivePolicy", "deadLetterTargetArn"):
            yield Problem(subscription.at(), f"{subscription.id} has no dead-letter queue")
