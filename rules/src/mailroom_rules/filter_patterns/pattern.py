"""Tells the kinds of patterns apart."""

from functools import lru_cache
from typing import Any, Protocol

from mailroom_rules.filter_patterns.fields import parse_field_pattern
from mailroom_rules.filter_patterns.json_events import parse_json_pattern
from mailroom_rules.filter_patterns.scanner import InvalidPattern
from mailroom_rules.filter_patterns.terms import parse_terms

# https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutMetricFilter.html
LONGEST = 1024


class FilterPattern(Protocol):
    """A pattern that was compiled."""

    def matches(self, message: str) -> bool:
        """Whether an event matches."""
        ...

    def extract(self, message: str) -> dict[str, Any]:
        """What a pattern of fields finds in an event that matches, by `$name`."""
        ...


@lru_cache(maxsize=256)
def compile_pattern(text: str) -> FilterPattern:
    """Compile a pattern. An empty one matches every event.

    Raises:
        InvalidPattern: CloudWatch Logs refuses it.
    """
    if len(text) > LONGEST:
        raise InvalidPattern(f"Invalid filter pattern: it has more than {LONGEST} characters")
    begin = text.lstrip()[:1]
    if begin == "{":
        return parse_json_pattern(text)
    if begin == "[":
        return parse_field_pattern(text)
    return parse_terms(text)
