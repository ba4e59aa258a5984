"""The X-Ray trace header of an execution; `state_calls` gives it to the calls of states."""

from __future__ import annotations

from typing import Any

from mailroom_localstack.observation.current import TRACE_HEADER, without_lineage
from mailroom_localstack.patches import patch

STEPS = "localstack.services.stepfunctions"


@patch(f"{STEPS}.provider:StepFunctionsProvider.start_execution")
def pass_trace_headers(original: Any, provider: Any, context: Any, *args: Any, **given: Any) -> Any:
    """Hand an execution's X-Ray trace header to what its states call.

    LocalStack: takes it from StartExecution's parameter alone, and calls with headers of its own.

    AWS: takes it from the request's header, or else from the parameter; what a state calls has the
    same trace id. With tracing enabled an execution without a header has a trace id of its own.
    https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html

    Test: tests/parity/test_traces.py::test_an_execution_s_trace_header_reaches_its_functions
    """
    header = context.request.headers.get(TRACE_HEADER)
    if header:
        given["trace_header"] = without_lineage(header)
    return original(provider, context, *args, **given)


@pass_trace_headers.also(f"{STEPS}.backend.execution:Execution.start")
def give_execution_its_trace(original: Any, execution: Any) -> None:
    """Give an execution a trace id of its own, if its state machine is traced."""
    tracing = execution.state_machine.tracing_config or {}
    if not execution.trace_header and tracing.get("enabled"):
        from localstack.utils.xray.trace_header import TraceHeader

        header = TraceHeader(sampled=1).ensure_root_exists()
        execution.trace_header = header.to_header_str()
    original(execution)
