"""Quotas: what exceeds them, and what comes near."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from mailroom.checking.definitions import Definitions
from mailroom.checking.finding import Location, Problem, Severity
from mailroom.checking.machines.history import MOST_EVENTS, history_events, limit_in
from mailroom.checking.rule import rule, whole
from mailroom.checking.rules.messaging.queues import FUNCTION
from mailroom.checking.rules.messaging.topics import subscriptions
from mailroom.checking.template.stack import Stack
from mailroom.deployment.template import Template

_NEAR = 0.8


@dataclass(frozen=True)
class Measure:
    """How much of a quota is used.

    Attributes:
        what: What is measured, for people.
        limit: The quota; its page is beside the place that makes the measure.
        adjustable: Whether AWS raises it for those who ask, so that more of it may be right.
    """

    what: str
    value: float
    limit: int
    at: Location
    adjustable: bool = False

    @property
    def shown(self) -> str:
        return f"{self.what}: {self.value:,.0f} of {self.limit:,}"


@lru_cache(maxsize=1)
def measures(definitions: Definitions) -> list[Measure]:
    """Everything that is measured."""
    return list(_measures(definitions))


def _measures(definitions: Definitions) -> Iterator[Measure]:
    yield from _template(definitions)
    yield from _machines(definitions)
    for stack in definitions.stacks:
        yield from _functions(stack)
        yield from _policies(stack)
        yield from _subscriptions(stack)


def _template(definitions: Definitions) -> Iterator[Measure]:
    """https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html"""
    source = definitions.template
    rendered = Template(definitions.path).render()
    size = len(rendered.encode())
    yield Measure("bytes of the template", size, 1_048_576, source.at(()))
    for section, limit in {
        "Resources": 500,
        "Parameters": 200,
        "Outputs": 200,
        "Mappings": 200,
    }.items():
        count = len(definitions.transformed.get(section) or {})
        yield Measure(section, count, limit, source.at((section,)))


def _machines(definitions: Definitions) -> Iterator[Measure]:
    """https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html"""
    for machine in definitions.machines:
        size = len(json.dumps(machine.definition.body))
        yield Measure(f"bytes of {machine.id}'s definition", size, 1_048_576, machine.at())
        for stack in definitions.stacks:
            events = history_events(machine, stack.template, limit_in(machine, stack))
            what = f"events in the history of one execution of {machine.id}"
            yield Measure(what, events, MOST_EVENTS, machine.at())


def _functions(stack: Stack) -> Iterator[Measure]:
    """https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html"""
    for function in stack.of_type(FUNCTION):
        variables = function.get("Environment", "Variables") or {}
        size = sum(len(name) + len(str(value)) for name, value in variables.items())
        at = function.at("Environment")
        yield Measure(f"bytes of {function.id}'s environment variables", size, 4096, at)


def _policies(stack: Stack) -> Iterator[Measure]:
    """https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html and
    https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-policies.html
    """
    for role in stack.of_type("AWS::IAM::Role"):
        size = sum(len(json.dumps(one)) for one in role.get("Policies") or [])
        yield Measure(f"characters of {role.id}'s policies", size, 10_240, role.at("Policies"))
        count = len(role.get("ManagedPolicyArns") or [])
        at = role.at("ManagedPolicyArns")
        yield Measure(f"managed policies of {role.id}", count, 10, at, adjustable=True)
    for policy in stack.of_type("AWS::SQS::QueuePolicy"):
        size = len(json.dumps(policy.get("PolicyDocument")))
        yield Measure(f"bytes of {policy.id}", size, 8192, policy.at("PolicyDocument"))


def _subscriptions(stack: Stack) -> Iterator[Measure]:
    """https://docs.aws.amazon.com/general/latest/gr/sns.html"""
    filtered = [one for one in subscriptions(stack) if one.get("FilterPolicy")]
    for topic in stack.of_type("AWS::SNS::Topic"):
        count = sum(stack.referred(one.get("TopicArn"), topic.type) == topic for one in filtered)
        yield Measure(f"filter policies of {topic.id}", count, 200, topic.at(), adjustable=True)


@rule(
    whole,
    id="quota-exceeded",
    severity=Severity.error,
    title="more than a quota allows",
    why="AWS rejects it: template, environment variables, policies, definition; an execution "
    "whose history is full fails",
    page="general/latest/gr/aws-service-limits.html",
    fix="make it smaller or split it (nested stacks, several roles, several machines)",
)
def exceeded(definitions: Definitions) -> Iterator[Problem]:
    for measure in measures(definitions):
        if measure.value > measure.limit and not measure.adjustable:
            yield Problem(measure.at, measure.shown)


@rule(
    whole,
    id="quota-near",
    severity=Severity.warning,
    title="more than 80 % of a quota, or more than AWS gives unasked",
    why="AWS may reject the next change",
    page="general/latest/gr/aws-service-limits.html",
    fix="make it smaller, or ask for a higher quota where AWS gives one",
)
def near(definitions: Definitions) -> Iterator[Problem]:
    for measure in measures(definitions):
        is_taken = measure.value <= measure.limit or measure.adjustable
        if measure.value > _NEAR * measure.limit and is_taken:
            yield Problem(measure.at, measure.shown)
