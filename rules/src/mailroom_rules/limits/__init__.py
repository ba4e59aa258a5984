"""What AWS allows in a request, with nothing of LocalStack in it.

The constraints of botocore's service models, compiled once for each shape, and a table of rules
that the models don't hold (`rules`). `RequestChecks` has both.
"""

from mailroom_rules.limits.refusal import Refusal
from mailroom_rules.limits.requests import RequestCheck, RequestChecks
from mailroom_rules.limits.rules import RULES, Rule, rules_of

__all__ = ["RULES", "Refusal", "RequestCheck", "RequestChecks", "Rule", "rules_of"]
