"""Event patterns that EventBridge refuses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mailroom_localstack.patches import check

if TYPE_CHECKING:
    from mailroom_localstack.service_call import ServiceCall


@check("events", "PutRule", "CreateArchive", "UpdateArchive")
def refuse_invalid_patterns(context: ServiceCall) -> None:
    """Refuse a rule or an archive whose event pattern isn't valid.

    LocalStack: checks the pattern when an event arrives, or in TestEventPattern.

    AWS: answers InvalidEventPatternException.
    https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutRule.html

    Test: tests/parity/test_values_events.py
    test_a_rule_whose_event_pattern_is_not_valid_is_refused
    """
    if pattern := context.service_request.get("EventPattern"):
        from localstack.services.events.event_rule_engine import EventPatternCompiler

        EventPatternCompiler().compile_event_pattern(pattern)
