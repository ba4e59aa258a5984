"""Event patterns: which EventBridge refuses, and how values are compared."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mailroom_localstack.patches import check, patch

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


@patch("localstack.services.events.event_rule_engine:EventRuleEngine._evaluate_condition")
def tell_numbers_from_booleans(
    original: Any, engine: Any, value: Any, condition: Any, field_exists: bool
) -> bool:
    """Match a number by no boolean, and a boolean by no number.

    LocalStack: compares as Python does, in which `1` is `true`.

    AWS: compares values of JSON.
    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns-content-based-filtering.html

    Test: tests/parity/test_values_events.py::test_a_number_is_no_boolean_in_an_event_pattern
    """
    if not isinstance(condition, dict) and isinstance(value, bool) != isinstance(condition, bool):
        return False
    return bool(original(engine, value, condition, field_exists))
