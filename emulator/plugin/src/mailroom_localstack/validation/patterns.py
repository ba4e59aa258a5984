"""EventBridge refuses a pattern that isn't valid when a rule gets it, not when an event comes.

LocalStack has the check, and uses it in TestEventPattern alone.
https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutRule.html
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from localstack.aws.api import RequestContext

SETS_PATTERN = {"PutRule", "CreateArchive", "UpdateArchive"}


def look_at_pattern(_chain: object, context: RequestContext, _response: object) -> None:
    """Refuse a rule or an archive whose event pattern isn't valid.

    Raises:
        InvalidEventPatternException: as PutRule answers.
    """
    if context.service is None or context.service.service_name != "events":
        return
    if context.operation.name not in SETS_PATTERN:
        return
    if pattern := context.service_request.get("EventPattern"):
        from localstack.services.events.event_rule_engine import EventPatternCompiler

        EventPatternCompiler().compile_event_pattern(pattern)
