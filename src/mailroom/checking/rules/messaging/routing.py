"""Filter policies: which message reaches which queue."""

import json
from collections.abc import Iterator

from mailroom.checking.code.modules import message_types
from mailroom.checking.definitions import Definitions
from mailroom.checking.finding import Location, Problem, Severity
from mailroom.checking.rule import rule, stacks, whole
from mailroom.checking.rules.messaging.topics import subscriptions
from mailroom.checking.template.filters import filter_faults, lets_through, policy_of
from mailroom.checking.template.resolve import Resolver, reference
from mailroom.checking.template.stack import Stack

_FILTERS = "sns/latest/dg/sns-subscription-filter-policies.html"
_UNKNOWN = "mailroom-check-unknown-type"


@rule(
    stacks,
    id="filter-policy",
    severity=Severity.error,
    title="a filter policy that SNS rejects",
    why="the subscription is not created (InvalidParameter)",
    page="sns/latest/dg/subscription-filter-policy-constraints.html",
    fix="use lists of values or of SNS's operators; at most 5 keys and 150 combinations",
)
def filter_policy(stack: Stack) -> Iterator[Problem]:
    for subscription in subscriptions(stack):
        policy = policy_of(subscription.get("FilterPolicy"))
        if policy is not None:
            nested = subscription.get("FilterPolicyScope") == "MessageBody"
            for fault in filter_faults(policy, nested):
                yield Problem(subscription.at("FilterPolicy"), f"{subscription.id}: {fault}")


@rule(
    whole,
    id="unrouted-message",
    severity=Severity.error,
    title="a message that no subscription's filter lets through",
    why="SNS accepts the message and delivers it to no queue: it is lost",
    page=_FILTERS,
    fix="subscribe a queue whose filter has this type, and one that catches the rest "
    "(anything-but the known types, and exists: false)",
)
def unrouted(definitions: Definitions) -> Iterator[Problem]:
    types = message_types(definitions.functions)
    for stack in definitions.stacks:
        topics = {reference(one.get("TopicArn")) for one in subscriptions(stack)}
        for topic in sorted(name for name in topics if name and name in stack.resources):
            yield from _unrouted(definitions, stack, topic, types)


def _unrouted(
    definitions: Definitions, stack: Stack, topic: str, types: list[str]
) -> Iterator[Problem]:
    policies = [
        policy_of(one.get("FilterPolicy"))
        for one in subscriptions(stack)
        if reference(one.get("TopicArn")) == topic
    ]
    for name, attributes in _messages(types).items():
        if not any(lets_through(policy, attributes) for policy in policies):
            yield Problem(stack.resources[topic].at(), f"{name} reach no queue of {topic}")


def _messages(types: list[str]) -> dict[str, dict[str, str]]:
    """The attributes of messages of each known type, of another type, and of none."""
    return {
        **{f"messages of type {name!r}": {"type": name} for name in types},
        "messages of an unknown type": {"type": _UNKNOWN},
        "messages without a type": {},
    }


@rule(
    whole,
    id="filter-matches-nothing",
    severity=Severity.error,
    title="a filter policy on the type that no known message passes",
    why="SNS accepts the subscription and delivers nothing to it",
    page=_FILTERS,
    fix="name a type that has a folder in functions/message_types",
)
def matches_nothing(definitions: Definitions) -> Iterator[Problem]:
    types = message_types(definitions.functions)
    for stack in definitions.stacks if types else ():
        for subscription in subscriptions(stack):
            policy = policy_of(subscription.get("FilterPolicy"))
            if not isinstance(policy, dict) or "type" not in policy:
                continue
            by_type = {"type": policy["type"]}
            if not any(lets_through(by_type, message) for message in _messages(types).values()):
                at = subscription.at("FilterPolicy")
                yield Problem(at, f"{subscription.id} filters for {json.dumps(policy['type'])}")


@rule(
    whole,
    id="filter-policy-changed",
    severity=Severity.warning,
    title="a filter policy that differs from the one that was deployed before",
    why="SNS needs up to 15 minutes until a changed filter policy works everywhere; until then "
    "messages are routed by the old one or by the new one",
    page=_FILTERS,
    fix="deploy it while nothing is published, or add a subscription instead of changing one",
)
def filter_policy_changed(definitions: Definitions) -> Iterator[Problem]:
    if definitions.previous is None:
        return
    before = definitions.previous.plain.get("Resources", {})
    for stack in definitions.known_stacks:
        resolver = Resolver(definitions.previous.plain, stack.values)
        for subscription in subscriptions(stack):
            old = before.get(subscription.id)
            if old is None:
                continue
            policy = resolver.resolve(old.get("Properties", {}).get("FilterPolicy"))
            if _canonical(policy) != _canonical(subscription.get("FilterPolicy")):
                at: Location = subscription.at("FilterPolicy")
                yield Problem(at, f"{subscription.id} filters differently than before")


def _canonical(policy: object) -> str:
    return json.dumps(policy, sort_keys=True)
