"""CloudWatch Logs' filter patterns: which log events a pattern matches, and what it extracts.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
"""

from mailroom_rules.filter_patterns.pattern import FilterPattern, compile_pattern
from mailroom_rules.filter_patterns.scanner import InvalidPattern

__all__ = ["FilterPattern", "InvalidPattern", "compile_pattern"]
