"""Spans go to the collector that OpenTelemetry's variable names."""

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from tests.support.engine import running_engine
from tests.support.flow import until

HEADER = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1"


@pytest.fixture
def collector() -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """A collector: its URL, and the spans that it was sent."""
    spans: list[dict[str, Any]] = []

    class Collector(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            document = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            for resource in document["resourceSpans"]:
                for scope in resource["scopeSpans"]:
                    spans.extend({"path": self.path, **span} for span in scope["spans"])
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Collector)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", spans
    server.shutdown()
    server.server_close()


def test_what_has_a_trace_is_sent_as_spans(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    collector: tuple[str, list[dict[str, Any]]],
) -> None:
    url, spans = collector
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", url)

    with running_engine(tmp_path, monkeypatch) as engine:
        sns = engine.session.client("sns")
        topic = sns.create_topic(Name="traced")["TopicArn"]
        sns.meta.events.register("before-sign", with_header)
        sns.publish(TopicArn=topic, Message="{}")

        until(lambda: {"publish traced", "sns.Publish"} <= names(spans), "the spans", 30)

    assert {span["path"] for span in spans} == {"/v1/traces"}
    assert {span["traceId"] for span in spans} == {"5759e988bd862e3fe1be46a994272793"}


def names(spans: list[dict[str, Any]]) -> set[str]:
    return {span["name"] for span in spans}


def with_header(request: Any, **_: Any) -> None:
    request.headers["X-Amzn-Trace-Id"] = HEADER
