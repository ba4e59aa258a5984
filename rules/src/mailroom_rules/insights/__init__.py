"""CloudWatch Logs Insights' query language: what a query makes of log events.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax.html
"""

from mailroom_rules.insights.discovery import Event
from mailroom_rules.insights.query import Outcome, Query, compile_query
from mailroom_rules.insights.tokens import MalformedQuery
from mailroom_rules.insights.values import text

__all__ = ["Event", "MalformedQuery", "Outcome", "Query", "compile_query", "text"]
