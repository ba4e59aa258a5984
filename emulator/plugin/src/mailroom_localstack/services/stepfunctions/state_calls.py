"""What a state calls a service for: the execution, and its X-Ray trace header."""

from __future__ import annotations

from typing import Any

from mailroom_localstack.observation.current import working
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
