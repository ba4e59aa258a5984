"""IAM's policy evaluation, as AWS documents it, with nothing of LocalStack in it.

A policy is compiled once (`Policy.parse`) and asked many times (`evaluate`); `actions` says which
permissions an API call needs.
"""

from mailroom_rules.policies.context import global_keys
from mailroom_rules.policies.decision import Decision, Outcome
from mailroom_rules.policies.errors import MalformedPolicyError
from mailroom_rules.policies.evaluate import evaluate
from mailroom_rules.policies.policy import MatchedStatement, Policy, PolicyType
from mailroom_rules.policies.principal import Kind, Principal
from mailroom_rules.policies.principal_element import Naming
from mailroom_rules.policies.reference import resource_types
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
    "evaluate",
    "global_keys",
    "resource_types",
]
