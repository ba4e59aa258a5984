"""Events as spans of OpenTelemetry."""

from typing import Any

import pytest
from mailroom_localstack.observation.otlp import endpoint, span_of

HEADER = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1"
TRACE = "5759e988bd862e3fe1be46a994272793"


def test_an_event_becomes_a_span_of_its_x_ray_trace() -> None:
    event = {"n": 1, "at": 10.0, "kind": "publish", "topic": "arn:aws:sns:::t", "trace": HEADER}

    span = span_of(event, {})

    assert span
    assert (span["traceId"], span["parentSpanId"]) == (TRACE, "53995c3f42cd8ad8")
    assert (span["name"], len(span["spanId"])) == ("publish t", 16)
    assert span["startTimeUnixNano"] == span["endTimeUnixNano"] == "10000000000"


def test_an_invocation_is_one_span_from_its_beginning_to_its_end() -> None:
    begun: dict[str, Any] = {}
    begins = {"n": 1, "at": 10.0, "kind": "invocation", "request_id": "r", "trace": HEADER}
    ends = {"n": 2, "at": 12.5, "kind": "invocation-end", "request_id": "r", "function": "a:f"}

    assert span_of(begins, begun) is None
    span = span_of(ends | {"error": "ValueError", "message": "no"}, begun)

    assert span
    assert (span["name"], span["traceId"]) == ("invocation f", TRACE)
    assert (span["startTimeUnixNano"], span["endTimeUnixNano"]) == ("10000000000", "12500000000")
    assert span["status"] == {"code": 2, "message": "ValueError: no"}
    assert begun == {}


def test_what_has_no_trace_is_no_span() -> None:
    assert span_of({"n": 1, "at": 1.0, "kind": "delete", "queue": "q", "trace": None}, {}) is None


def test_the_endpoint_is_that_of_opentelemetry_s_variables(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"):
        monkeypatch.delenv(name, raising=False)
    assert endpoint() is None

    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:4318/")
    assert endpoint() == "http://127.0.0.1:4318/v1/traces"
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "http://127.0.0.1:4318/other")
    assert endpoint() == "http://127.0.0.1:4318/other"
