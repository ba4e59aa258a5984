"""Filter patterns: which log events a filter takes, and which patterns are refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from mailroom_rules.filter_patterns import InvalidPattern, compile_pattern

from mailroom_localstack.patches import check, patch

if TYPE_CHECKING:
    from mailroom_localstack.service_call import ServiceCall


@check(
    "logs",
    *("FilterLogEvents", "PutMetricFilter", "PutSubscriptionFilter", "StartLiveTail"),
    "TestMetricFilter",
)
def refuse_invalid_patterns(context: ServiceCall) -> None:
    """Refuse a filter pattern that is none.

    LocalStack: takes any text.

    AWS: answers InvalidParameterException.
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html

    Test: tests/integration/test_filter_patterns.py::test_an_invalid_pattern_is_refused
    """
    request = context.service_request
    try:
        compile_pattern(request.get("filterPattern") or request.get("logEventFilterPattern") or "")
    except InvalidPattern as error:
        from localstack.aws.api.logs import InvalidParameterException

        raise InvalidParameterException(str(error)) from None


@patch("localstack.services.logs.provider:get_pattern_matcher")
def match_filtered_events(original: Any, pattern: str) -> Callable[[str, Any], bool]:
    """Let FilterLogEvents find the events that match its pattern.

    LocalStack: lets every event match.

    AWS: matches terms, JSON, fields separated by spaces, and regular expressions.
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html

    Test: tests/integration/test_filter_patterns.py::test_events_are_found_by_pattern
    """
    compiled = compile_pattern(pattern or "")
    return lambda _pattern, event: compiled.matches(event["message"])
