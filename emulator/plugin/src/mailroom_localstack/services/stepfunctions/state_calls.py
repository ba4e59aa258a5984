"""What a state calls a service for: the execution, its X-Ray trace header, and the answer."""

from __future__ import annotations

from typing import Any

from mailroom_localstack.observation.current import TRACE_HEADER, without_lineage, working
from mailroom_localstack.patches import patch

STEPS = "localstack.services.stepfunctions"
TASK = f"{STEPS}.asl.component.state.state_execution.state_task"
WORK = "mailroom_work"
NONE = {"execution": None, "trace": None}


@patch(f"{STEPS}.backend.execution_worker:ExecutionWorker._get_evaluation_environment")
def know_executions(original: Any, worker: Any) -> Any:
    """Know the execution, and its X-Ray trace header, that a state calls a service for.

    LocalStack: tells neither to the service that is called.

    Why: the calls carry the header, and `/_mailroom/events` shows which execution made them.

    Test: tests/parity/test_traces.py::test_an_execution_s_trace_header_reaches_its_functions
    """
    environment = original(worker)
    work = {
        "execution": worker._evaluation_details.execution_details.arn,
        "trace": worker._execution_communication.execution.trace_header,
    }
    setattr(environment.event_manager, WORK, work)
    # The children of a Distributed Map have a history of their own, and share these.
    setattr(environment.callback_pool_manager, WORK, work)
    return environment


@know_executions.also(f"{TASK}.state_task_lambda:StateTaskLambda._eval_execution")
@know_executions.also(f"{TASK}.service.state_task_service:StateTaskService._eval_execution")
def call_for_execution(original: Any, task: Any, env: Any) -> Any:
    """Set what the calls are made for while a state makes them."""
    with working(**work_of(env.event_manager)):
        return original(task, env)


def work_of(manager: Any) -> dict[str, str | None]:
    """ARN of the `execution` whose history a manager keeps, and its `trace` header."""
    found: dict[str, str | None] = getattr(manager, WORK, NONE)
    return found


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


@patch(f"{TASK}.lambda_eval_utils:select_from_typed_dict")
def keep_invocation_metadata(original: Any, *arguments: Any, **named: Any) -> Any:
    """Give the result of `lambda:invoke` the metadata of Lambda's answer.

    LocalStack: leaves them out, so that a history doesn't say which invocation it was.

    AWS: adds `SdkHttpMetadata` and `SdkResponseMetadata`, whose `RequestId` is the invocation's.
    https://docs.aws.amazon.com/step-functions/latest/dg/connect-lambda.html

    Test: tests/integration/test_executions.py
    test_a_step_has_the_log_of_its_own_invocation
    """
    selected = original(*arguments, **named)
    answer = named.get("obj") or arguments[-1]
    metadata = answer.get("ResponseMetadata")
    if not metadata:
        return selected
    headers = {name: [value] for name, value in metadata.get("HTTPHeaders", {}).items()}
    http = {
        "AllHttpHeaders": headers,
        "HttpHeaders": metadata.get("HTTPHeaders", {}),
        "HttpStatusCode": metadata.get("HTTPStatusCode"),
    }
    return selected | {
        "SdkHttpMetadata": http,
        "SdkResponseMetadata": {"RequestId": metadata.get("RequestId")},
    }
