"""Reads what a log event says: level, message and fields."""

import json
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from mailroom.logs.events import LogEvent

PLATFORM = "LAMBDA"
METRICS = "METRICS"
_PLATFORM_LINE = re.compile(r"^(START|END|REPORT|INIT_REPORT|INIT_START|EXTENSION) ")
# https://docs.aws.amazon.com/lambda/latest/dg/python-logging.html
_TEXT_LINE = re.compile(r"^\[(\w+)\]\t\S+\t(\S+)\t(.*)", re.DOTALL)
# What Powertools adds to each record, and which says nothing about this one.
_ALWAYS = {
    *("timestamp", "service", "cold_start", "function_name", "function_memory_size"),
    *("function_arn", "function_request_id", "xray_trace_id", "location"),
}


@dataclass(frozen=True)
class LogRecord:
    """What a log event says.

    Attributes:
        time: When it was logged, in this machine's time zone.
        function: Short name of the function.
        level: `INFO` and its like; `LAMBDA` for what Lambda logs itself, `METRICS` for metrics
            in CloudWatch's embedded format; empty if it has none.
        message: Its message, which may have several lines.
        fields: The fields of a structured record.
        request_id: The invocation's request id.
        event: The event.
    """

    time: datetime
    function: str
    level: str
    message: str
    fields: dict[str, Any] = field(default_factory=dict)
    request_id: str | None = None
    event: LogEvent | None = None

    def document(self) -> dict[str, Any]:
        """The record as JSON; its time is in UTC."""
        return {
            "time": self.time.astimezone(UTC).isoformat(timespec="milliseconds"),
            "function": self.function,
            "requestId": self.request_id,
            "level": self.level,
            "message": self.message,
            "fields": self.fields,
        }


def parse_record(event: LogEvent, function: str, request_id: str | None) -> LogRecord:
    """What an event says: a JSON record, a line of Python's logger, a line of Lambda, or text."""
    time = datetime.fromtimestamp(event.time / 1000).astimezone()
    level, message, fields = _parsed(event.message)
    return LogRecord(time, function, level, message, fields, request_id, event)


def _parsed(text: str) -> tuple[str, str, dict[str, Any]]:
    if _PLATFORM_LINE.match(text):
        return PLATFORM, text.replace("\t", "  ").strip(), {}
    if line := _TEXT_LINE.match(text):
        return line[1], line[3], {}
    try:
        record = json.loads(text)
    except (ValueError, RecursionError):
        return "", text, {}
    if not isinstance(record, dict):
        return "", text, {}
    # CloudWatch's embedded metric format.
    if "_aws" in record and "message" not in record:
        metrics = {name: value for name, value in record.items() if name not in _ALWAYS | {"_aws"}}
        return METRICS, "metrics", metrics
    if "message" not in record:
        return "", text, {}
    message = record["message"]
    shown = message if isinstance(message, str) else json.dumps(message, ensure_ascii=False)
    dropped = _ALWAYS | {"level", "message"}
    fields = {name: value for name, value in record.items() if name not in dropped}
    return str(record.get("level", "")), shown, fields
