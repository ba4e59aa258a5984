"""Executions that are stopped."""

from __future__ import annotations

import contextlib
from threading import Thread
from typing import Any

from mailroom_localstack.patches import patch

STEPS = "localstack.services.stepfunctions"
SERVICE = f"{STEPS}.asl.component.state.state_execution.state_task.service"
PROVIDER = f"{STEPS}.provider:StepFunctionsProvider"
STOPPED = "mailroom_stopped"
CHILDREN = "mailroom_children"
CLOSED = "Task Timed Out: 'Provided task does not exist anymore'"
START_SECONDS = 5.0


@patch(f"{STEPS}.backend.execution:Execution.stop")
def stop_at_once(
    original: Any, execution: Any, stop_date: Any, error: str | None, cause: str | None
) -> None:
    """Abort an execution at once, with its error and cause, and its child executions.

    LocalStack: waits until a function returns, never ends an execution that waits for a token,
    forgets error and cause, and lets child executions run on.

    AWS: ends the execution, and stops the child that a `.sync` task waits for.
    https://docs.aws.amazon.com/step-functions/latest/apireference/API_StopExecution.html
    https://docs.aws.amazon.com/step-functions/latest/dg/connect-to-resource.html

    Test: tests/parity/test_stopping.py::test_a_stopped_execution_is_aborted_at_once
    """
    from localstack.services.stepfunctions.asl.eval.program_state import ProgramStopped

    environment = _environment(execution)
    if environment is None:
        original(execution, stop_date, error, cause)
        return
    manager = environment.event_manager
    environment.set_stop(stop_date=stop_date, cause=cause, error=error)
    if getattr(manager, STOPPED, False) or not isinstance(
        environment.program_state(), ProgramStopped
    ):
        return
    _record(manager, error, cause)
    execution.error, execution.cause = error, cause
    execution.stop_date = stop_date
    execution.exec_status = "ABORTED"
    for run in environment.map_run_record_pool_manager.get_all():
        if run.stop_date is None:
            run.set_stop(status="ABORTED")
    _close_tokens(environment.callback_pool_manager)
    for stop in getattr(environment.callback_pool_manager, CHILDREN, []):
        Thread(target=stop, daemon=True).start()
    execution.publish_execution_status_change_event()


@stop_at_once.also(f"{STEPS}.backend.execution:BaseExecutionWorkerCommunication.terminated")
def keep_stopped(original: Any, communication: Any) -> None:
    """Let the end of what a stopped execution was doing change nothing."""
    environment = communication.execution.exec_worker.env
    if not getattr(environment.event_manager, STOPPED, False):
        original(communication)


@stop_at_once.also(f"{STEPS}.asl.eval.event.event_manager:EventManager.add_event")
def end_history(original: Any, manager: Any, context: Any, *args: Any, **named: Any) -> int:
    """Add no event to the history of an execution that was stopped."""
    if getattr(manager, STOPPED, False):
        return int(context.last_published_event_id)
    return int(original(manager, context, *args, **named))


@stop_at_once.also(f"{SERVICE}.state_task_service_sfn:StateTaskServiceSfn._build_sync_resolver")
@stop_at_once.also(f"{SERVICE}.state_task_service_sfn:StateTaskServiceSfn._build_sync2_resolver")
def know_children(
    original: Any,
    task: Any,
    env: Any,
    resource_runtime_part: Any,
    normalised_parameters: Any,
    state_credentials: Any,
) -> Any:
    """Know how to stop the child execution that a task waits for, with the machine's role."""
    from localstack.services.stepfunctions.asl.utils.boto_client import boto_client_for

    child = env.stack[-1]["ExecutionArn"]
    region = resource_runtime_part.region
    client = boto_client_for(
        service="stepfunctions", region=region, state_credentials=state_credentials
    )

    def stop() -> None:
        # AWS makes an attempt: the role may lack the permission, and the child may have ended.
        with contextlib.suppress(client.exceptions.ClientError):
            client.stop_execution(executionArn=child)

    pool = env.callback_pool_manager
    setattr(pool, CHILDREN, [*getattr(pool, CHILDREN, []), stop])
    return original(task, env, resource_runtime_part, normalised_parameters, state_credentials)


@patch(
    f"{PROVIDER}.send_task_success",
    f"{PROVIDER}.send_task_failure",
    f"{PROVIDER}.send_task_heartbeat",
)
def refuse_closed_tokens(original: Any, provider: Any, context: Any, *args: Any, **kw: Any) -> Any:
    """Refuse the token of a task that has ended, timed out or was stopped.

    LocalStack: takes it again, or calls it invalid.

    AWS: answers TaskTimedOut.
    https://docs.aws.amazon.com/step-functions/latest/apireference/API_SendTaskSuccess.html

    Test: tests/parity/test_stopping.py::test_the_token_of_a_stopped_execution_is_refused
    """
    from localstack.aws.api.stepfunctions import TaskTimedOut

    token = context.service_request.get("taskToken")
    for execution in list(provider.get_store(context).executions.values()):
        environment = execution.exec_worker and execution.exec_worker.env
        endpoint = environment and environment.callback_pool_manager.get(token)
        # Set when a task ends, in whichever way.
        if endpoint and (endpoint._notify_event.is_set() or execution.exec_status != "RUNNING"):
            raise TaskTimedOut(CLOSED)
    return original(provider, context, *args, **kw)


def _environment(execution: Any) -> Any:
    """The execution's environment, once its first state has begun; None if it doesn't begin."""
    from localstack.utils.sync import poll_condition

    def begun() -> bool:
        worker = execution.exec_worker
        return bool(worker and worker.env and worker.env.program_state() is not None)

    started = poll_condition(begun, timeout=START_SECONDS, interval=0.01)
    return execution.exec_worker.env if started else None


def _record(manager: Any, error: str | None, cause: str | None) -> None:
    """Add the history's last event."""
    from localstack.services.stepfunctions.asl.eval.event.event_manager import EventHistoryContext

    told = {"error": error, "cause": cause}
    details = {name: value for name, value in told.items() if value is not None}
    manager.add_event(
        context=EventHistoryContext.of_program_start(),
        event_type="ExecutionAborted",
        event_details={"executionAbortedEventDetails": details},
    )
    setattr(manager, STOPPED, True)


def _close_tokens(pool: Any) -> None:
    """Wake what waits for a token."""
    for endpoint in list(pool._pool.values()):
        endpoint.interrupt_all()
