"""Sends spans to an OpenTelemetry collector, if `OTEL_EXPORTER_OTLP_ENDPOINT` names one.

A thread reads the ring as any reader does, and posts what has an X-Ray trace id as spans in OTLP's
JSON encoding (https://opentelemetry.io/docs/specs/otlp/#otlphttp).
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import threading
import urllib.request
from typing import Any

from mailroom_localstack.observation.ring import LONGEST_WAIT, RING, Event

LOG = logging.getLogger(__name__)
ENDPOINT, TRACES_ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"
SECONDS = 10
# OTLP's kinds of span, and its status of an error.
INTERNAL, SERVER, CLIENT, PRODUCER, CONSUMER = 1, 2, 3, 4, 5
KINDS = {"publish": PRODUCER, "send": PRODUCER, "delivery": PRODUCER, "receive": CONSUMER}
ERROR = 2
NOT_TOLD = {"n", "at", "kind", "trace", "policy", "statement", "records", "event", "attributes"}


def endpoint() -> str | None:
    """The URL that takes spans; None if no variable names one.

    https://opentelemetry.io/docs/specs/otel/protocol/exporter/
    """
    if traces := os.environ.get(TRACES_ENDPOINT):
        return traces
    base = os.environ.get(ENDPOINT)
    return f"{base.rstrip('/')}/v1/traces" if base else None


def export_spans() -> None:
    """Start the thread that sends spans, if there is somewhere to send them."""
    if url := endpoint():
        threading.Thread(target=_export, args=[url], name="mailroom-otlp", daemon=True).start()


def _export(url: str) -> None:
    begun: dict[str, Event] = {}
    last, failed = 0, False
    while not RING.closed:
        answer = json.loads(RING.after(last, LONGEST_WAIT))
        events = answer["events"]
        last = events[-1]["n"] if events else answer["last"]
        spans = [span for event in events if (span := span_of(event, begun))]
        try:
            if spans:
                _post(url, spans)
        except OSError as error:
            if not failed:
                LOG.warning("%s takes no spans: %s", url, error)
            failed = True
        else:
            failed = False


def span_of(event: Event, begun: dict[str, Event]) -> dict[str, Any] | None:
    """An event as a span; None if it has no trace id, or begins an invocation.

    Args:
        event: The event.
        begun: The invocations that have begun, by request id; it is changed.
    """
    kind = event["kind"]
    if kind == "invocation":
        begun[event["request_id"]] = event
        return None
    start = begun.pop(event["request_id"], None) if kind == "invocation-end" else None
    header = fields(str((start or event).get("trace") or ""))
    if "Root" not in header:
        return None
    began = start["at"] if start else event["at"]
    ended = event["at"] if start else began + (event.get("ms") or 0) / 1000
    span = {
        "traceId": "".join(header["Root"].split("-")[1:]),
        "spanId": hashlib.sha256(f"{RING.epoch}{event['n']}".encode()).hexdigest()[:16],
        "name": _name(event),
        "kind": SERVER if start else KINDS.get(kind, CLIENT if kind == "call" else INTERNAL),
        "startTimeUnixNano": str(int(began * 1e9)),
        "endTimeUnixNano": str(int(ended * 1e9)),
        "attributes": [
            {"key": f"mailroom.{name}", "value": {"stringValue": str(value)}}
            for name, value in {**(start or {}), **event}.items()
            if name not in NOT_TOLD and value is not None
        ],
    }
    if parent := header.get("Parent"):
        span["parentSpanId"] = parent
    if error := event.get("error"):
        span["status"] = {"code": ERROR, "message": f"{error}: {event.get('message') or ''}"}
    return span


def fields(header: str) -> dict[str, str]:
    """The fields of an X-Ray trace header, such as `Root`."""
    return dict(part.split("=", 1) for part in header.split(";") if "=" in part)


def _name(event: Event) -> str:
    if event["kind"] == "call":
        return f"{event['service']}.{event['operation']}"
    where = event.get("function") or event.get("queue") or event.get("topic") or ""
    kind = event["kind"].removesuffix("-end")
    return f"{kind} {where.rpartition(':')[2]}".rstrip()


def _post(url: str, spans: list[dict[str, Any]]) -> None:
    resource = {"attributes": [{"key": "service.name", "value": {"stringValue": "mailroom"}}]}
    scope = {"scope": {"name": "mailroom_localstack"}, "spans": spans}
    body = json.dumps({"resourceSpans": [{"resource": resource, "scopeSpans": [scope]}]})
    request = urllib.request.Request(
        url, body.encode(), {"Content-Type": "application/json"}, method="POST"
    )
    with urllib.request.urlopen(request, timeout=SECONDS):
        pass
