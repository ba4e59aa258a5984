"""A message without any attribute passes no filter policy on attributes, not even `exists: false`.

https://docs.aws.amazon.com/sns/latest/dg/attribute-key-matching.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from localstack.aws.api import RequestContext


def look_at_filters(_chain: object, context: RequestContext, _response: object) -> None:
    """Mend SNS's filters before it does anything; mending again does nothing."""
    if context.service is None or context.service.service_name != "sns":
        return
    from localstack.services.sns.filter import SubscriptionFilter

    if SubscriptionFilter.check_filter_policy_on_message_attributes is passes:
        return
    global _passes
    _passes = SubscriptionFilter.check_filter_policy_on_message_attributes
    SubscriptionFilter.check_filter_policy_on_message_attributes = passes


def passes(filters: Any, filter_policy: Any, message_attributes: Any) -> bool:
    """Whether a message's attributes pass a filter policy."""
    if filter_policy and not message_attributes:
        return False
    return bool(_passes(filters, filter_policy, message_attributes))


_passes: Any
