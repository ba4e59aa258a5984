"""Chains of invocations, which Lambda follows through some services only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mailroom_localstack.observation.current import TRACE_HEADER, without_lineage
from mailroom_localstack.patches import check

if TYPE_CHECKING:
    from mailroom_localstack.service_call import ServiceCall


@check("events", "PutEvents")
def begin_chain_anew(context: ServiceCall) -> None:
    """Hand a trace header on without the functions that were invoked in its chain.

    LocalStack: hands on what it is given.

    AWS: detects loops of Lambda with Lambda, SQS, SNS and S3, and not with other services.
    https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html

    Test: tests/parity/test_recursion.py::test_a_loop_of_a_function_with_a_bus_is_not_detected
    """
    call: Any = context
    header = call.trace_context.get("aws_trace_header")
    if header is None or not header.lineage:
        return
    without = without_lineage(header.to_header_str())
    call.trace_context["aws_trace_header"] = type(header).from_header_str(without)
    call.request.headers[TRACE_HEADER] = without
