"""Executions that ran when LocalStack ended are known as aborted."""

from __future__ import annotations

from typing import Any

from mailroom_localstack.durability.opened import Opened, commit
from mailroom_localstack.durability.stored_executions import Executions
from mailroom_localstack.patches import patch

STORED = Executions(Opened.store) if Opened.store else None
ERROR, CAUSE = "Mailroom.EngineEnded", "the engine ended while the execution ran"
KEPT = ("name", "sm_type", "role_arn", "exec_arn", "account_id", "region_name", "start_date")


@patch(
    "localstack.services.stepfunctions.backend.execution:Execution.publish_execution_status_change_event"
)
def keep_running_executions(original: Any, execution: Any) -> None:
    """Know executions that ran when LocalStack ended: their status is ABORTED, with that cause.

    LocalStack: keeps executions in memory.

    Why: AWS runs on. Here an execution ends with the engine, and must not be unknown.

    Test: tests/integration/test_durable_executions.py
    test_an_execution_that_ran_when_localstack_was_killed_is_aborted
    """
    original(execution)
    if STORED is None or execution.sm_type != "STANDARD":
        return
    if execution.exec_status != "RUNNING":
        STORED.forget(execution.exec_arn)
        return
    content = {name: getattr(execution, name) for name in KEPT}
    content["input_data"] = execution.input_data
    STORED.keep(execution.exec_arn, execution.state_machine_arn, content)
    commit()


@keep_running_executions.also(
    "localstack.services.stepfunctions.provider:StepFunctionsProvider.create_state_machine"
)
def restore_executions(original: Any, provider: Any, context: Any, *args: Any, **kw: Any) -> Any:
    """Give a state machine that is made again the executions that ended with LocalStack."""
    from localstack.services.stepfunctions.backend.store import sfn_stores

    from mailroom_localstack.durability.ended_execution import EndedExecution

    result = original(provider, context, *args, **kw)
    if STORED is None:
        return result
    store = sfn_stores[context.account_id][context.region]
    arn = result["stateMachineArn"]
    for one in STORED.of(arn):
        if one["exec_arn"] in store.executions:
            continue
        stop_date = one.pop("stop_date")
        ended: Any = EndedExecution(
            **one,
            state_machine=store.state_machines[arn],
            cloud_watch_logging_session=None,
            activity_store=store.activities,
        )
        ended.exec_status, ended.stop_date = "ABORTED", stop_date
        ended.error, ended.cause = ERROR, CAUSE
        store.executions[ended.exec_arn] = ended
    return result
