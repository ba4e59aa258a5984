"""The table of rules that the service models don't hold: each with AWS's page.

It serves the gateway, which refuses requests by it, and can serve who reads a template.
"""

from mailroom_rules.limits.rules import (
    event_buses,
    identities,
    lambda_,
    log_events,
    log_groups,
    others,
    parameters,
    s3,
    sns,
    sqs,
    topics,
)
from mailroom_rules.limits.rules.rule import Rule

RULES: tuple[Rule, ...] = (
    *lambda_.RULES,
    *sqs.RULES,
    *sns.RULES,
    *topics.RULES,
    *others.RULES,
    *event_buses.RULES,
    *log_groups.RULES,
    *identities.RULES,
    *log_events.RULES,
    *parameters.RULES,
    *s3.RULES,
)


__all__ = ["RULES", "Rule", "rules_of"]


def rules_of(service: str, operation: str) -> tuple[Rule, ...]:
    """The rules for the requests of an operation."""
    return tuple(rule for rule in RULES if rule.service == service and operation in rule.operations)
