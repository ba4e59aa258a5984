"""Executions are known after LocalStack's end."""

from __future__ import annotations

from functools import partial
from typing import Any

from mailroom_localstack.durability.opened import Opened, commit
from mailroom_localstack.durability.stored_executions import Executions
from mailroom_localstack.patches import patch

STORED = Executions(Opened.store) if Opened.store else None
# What an execution is made of, and what its end has set.
MADE_OF = (
    *("name", "sm_type", "role_arn", "exec_arn", "account_id", "region_name", "start_date"),
    *("input_data", "trace_header", "state_machine_alias_arn"),
)
OF_ITS_END = ("exec_status", "stop_date", "output", "error", "cause")


@patch(
    "localstack.services.stepfunctions.backend.execution:Execution.publish_execution_status_change_event"
)
def keep_executions(original: Any, execution: Any) -> None:
    """Know executions after LocalStack's end; those that ran are ABORTED, with that cause.

    LocalStack: keeps executions in memory.

    Why: AWS keeps them for 90 days, and runs on. Here an execution that runs ends with the engine,
    and must not be unknown.

    Test: tests/integration/test_durable_executions.py
    test_an_execution_that_ran_when_localstack_was_killed_is_aborted
    """
    try:
        if STORED is not None and execution.sm_type == "STANDARD":
            _keep(STORED, execution)
    finally:
        original(execution)


def _keep(stored: Executions, execution: Any) -> None:
    content = {name: getattr(execution, name) for name in MADE_OF}
    content["definition"] = execution.state_machine.definition
    history = None
    if execution.exec_status != "RUNNING":
        content |= {name: getattr(execution, name) for name in OF_ITS_END}
        history = execution.to_history_output()["events"]
    stored.keep(execution.exec_arn, execution.state_machine_arn, content, history)
    commit()


@keep_executions.also(
    "localstack.services.stepfunctions.provider:StepFunctionsProvider.create_state_machine"
)
def restore_executions(original: Any, provider: Any, context: Any, *args: Any, **kw: Any) -> Any:
    """Give a state machine that is made again the executions that it had."""
    from localstack.services.stepfunctions.backend.store import sfn_stores

    from mailroom_localstack.durability.ended_execution import EndedExecution

    result = original(provider, context, *args, **kw)
    if STORED is None:
        return result
    store = sfn_stores[context.account_id][context.region]
    arn = result["stateMachineArn"]
    for one in STORED.of(arn, store.executions):
        made_of: dict[str, Any] = {name: one.get(name) for name in MADE_OF}
        ended: Any = EndedExecution(
            **made_of,
            state_machine=store.state_machines[arn],
            cloud_watch_logging_session=None,
            activity_store=store.activities,
        )
        for name in OF_ITS_END:
            setattr(ended, name, one.get(name))
        ended.definition = one.get("definition") or ended.state_machine.definition
        ended.read_history = partial(STORED.history, ended.exec_arn)
        store.executions[ended.exec_arn] = ended
    return result


def forget_execution(arn: str) -> None:
    """Forget an execution that LocalStack remembers no longer."""
    if STORED is not None:
        STORED.forget(arn)
