"""The fields that CloudWatch Logs Insights discovers in log events.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_AnalyzeLogData-discoverable-fields.html
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from mailroom_rules.insights.values import Row, Time

LAMBDA = "/aws/lambda/"
MOST = 200
_TYPE = re.compile(r"(START|END|REPORT|INIT_START|INIT_REPORT) ")
_REQUEST = re.compile(r"\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b")
_REPORT = {
    "@duration": re.compile(r"\tDuration: ([\d.]+) ms"),
    "@billedDuration": re.compile(r"Billed Duration: ([\d.]+) ms"),
    "@initDuration": re.compile(r"Init Duration: ([\d.]+) ms"),
    "@memorySize": re.compile(r"Memory Size: (\d+) MB"),
    "@maxMemoryUsed": re.compile(r"Max Memory Used: (\d+) MB"),
    "@xrayTraceId": re.compile(r"XRAY TraceId: (\S+)"),
}
_BYTES = {"@memorySize", "@maxMemoryUsed"}
_decoder = json.JSONDecoder()


@dataclass(frozen=True, slots=True)
class Event:
    """A log event.

    Attributes:
        timestamp, ingestion_time: Milliseconds since 1970.
        account: The account's id.
        pointer: What `@ptr` is.
    """

    message: str
    timestamp: int
    ingestion_time: int
    account: str
    group: str
    stream: str
    pointer: str

    def row(self) -> Row:
        """Its fields."""
        return {
            "@ptr": self.pointer,
            "@timestamp": Time(self.timestamp),
            "@ingestionTime": Time(self.ingestion_time),
            "@message": self.message,
            "@logStream": self.stream,
            "@log": f"{self.account}:{self.group}",
            **discover(self.message, self.group),
        }


def discover(message: str, group: str) -> dict[str, Any]:
    """The fields of an event: those of its JSON, and Lambda's of the lines that Lambda writes."""
    of_lambda = group.startswith(LAMBDA)
    begin = message.find("{") if of_lambda else 0
    found: dict[str, Any] = {}
    if begin >= 0 and message[begin : begin + 1] == "{":
        try:
            event = _decoder.raw_decode(message, begin)[0]
        except (ValueError, RecursionError):
            event = {}
        for _, (name, value) in zip(range(MOST), _flat(event, ""), strict=False):
            found[name] = value
    return found | (dict(_of_lambda(message)) if of_lambda else {})


def _flat(value: Any, name: str) -> Iterator[tuple[str, Any]]:
    """The members of JSON by their paths: `a.b`, `a.0`."""
    if isinstance(value, dict | list):
        pairs = value.items() if isinstance(value, dict) else enumerate(value)
        for key, inner in pairs:
            yield from _flat(inner, f"{name}.{key}" if name else str(key))
    else:
        yield name, value


def _of_lambda(message: str) -> Iterator[tuple[str, Any]]:
    if request := _REQUEST.search(message):
        yield "@requestId", request[0]
    kind = _TYPE.match(message)
    if kind is None:
        return
    yield "@type", kind[1]
    for name, pattern in _REPORT.items():
        if match := pattern.search(message):
            text = match[1]
            if name == "@xrayTraceId":
                yield name, text
            else:
                yield name, float(text) * (1_000_000 if name in _BYTES else 1)
