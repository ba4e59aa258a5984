"""IAM's policy evaluation, as AWS documents it, with nothing of LocalStack in it.

A policy is compiled once (`Policy.parse`) and asked many times (`evaluate`); `actions` says which
permissions an API call needs.
"""

from mailroom_iam.context import global_keys
from mailroom_iam.decision import Decision, Outcome
from mailroom_iam.errors import MalformedPolicyError
from mailroom_iam.evaluate import evaluate
from mailroom_iam.policy import MatchedStatement, Policy, PolicyType
from mailroom_iam.principal import Kind, Principal
from mailroom_iam.principal_element import Naming
from mailroom_iam.request import Request

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
]
