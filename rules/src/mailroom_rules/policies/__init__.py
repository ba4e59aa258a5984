"""IAM's policies, read and evaluated as AWS documents it.

A policy is compiled once (`Policy.parse`) and asked many times (`evaluate`); `actions` says which
permissions an API call needs.
"""

from mailroom_rules.policies.arn_pattern import arn_matches
from mailroom_rules.policies.context import global_keys
from mailroom_rules.policies.decision import Decision, Outcome
from mailroom_rules.policies.document import (
    MalformedPolicyError,
    as_list,
    is_action_among,
    principals_of,
    statements_of,
)
from mailroom_rules.policies.evaluate import evaluate
from mailroom_rules.policies.policy import MatchedStatement, Policy, PolicyType
from mailroom_rules.policies.principal import Kind, Principal
from mailroom_rules.policies.principal_element import Naming
from mailroom_rules.policies.request import Request

__all__ = [
    "Decision",
    "Kind",
    "MalformedPolicyError",
    "MatchedStatement",
    "Naming",
    "Outcome",
    "Policy",
    "PolicyType",
    "Principal",
    "Request",
    "arn_matches",
    "as_list",
    "evaluate",
    "global_keys",
    "is_action_among",
    "principals_of",
    "statements_of",
]
