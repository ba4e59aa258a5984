"""The X-Ray trace header of what is published."""

from __future__ import annotations

from typing import Any

from mailroom_localstack.observation.current import TRACE_HEADER, working
from mailroom_localstack.patches import patch


@patch("localstack.services.sns.publisher:TopicPublisher.publish")
def pass_trace_context(original: Any, publisher: Any, context: Any, subscriber: Any) -> None:
    """Hand the publisher's X-Ray trace header to functions, too.

    LocalStack: hands it to queues, and invokes functions with a trace of their own.

    AWS: passes the trace context from publisher to subscribers.
    https://docs.aws.amazon.com/xray/latest/devguide/xray-services-sns.html

    Test: tests/parity/test_traces.py::test_sns_passes_the_trace_header_on_to_functions
    """
    with working(trace=context.request_headers.get(TRACE_HEADER)):
        original(publisher, context=context, subscriber=subscriber)
