"""LocalStack doesn't grow by what it works through."""

import json
import uuid

import psutil

from mailroom.environments.embedded.environment import EmbeddedEnvironment
from mailroom.environments.environment import Environment
from tests.faults.run import Run
from tests.support.flow import until

_MIB = 1024 * 1024
_PASS = {"StartAt": "Pass", "States": {"Pass": {"Type": "Pass", "End": True}}}
_KEPT = 1_000


def test_executions_leave_little_memory_behind(run: Run, embedded: EmbeddedEnvironment) -> None:
    """Protection: clients of a role are used again (role_clients.py): each is a megabyte, and an
    execution has three states that need one."""
    for _ in range(5):
        run.flow.send(run.events(2))
    before = size_of_localstack(embedded)

    for _ in range(20):
        run.flow.send(run.events(2))

    assert size_of_localstack(embedded) - before < 20 * _MIB


def test_executions_that_ended_long_ago_are_forgotten(environment: Environment) -> None:
    """Protection: executions.py, which keeps a thousand, as AWS keeps them for 90 days."""
    steps = environment.session.client("stepfunctions")
    machine = steps.create_state_machine(
        name=f"test-{uuid.uuid4()}",
        roleArn="arn:aws:iam::000000000000:role/any",
        definition=json.dumps(_PASS),
    )["stateMachineArn"]

    def start() -> str:
        return str(steps.start_execution(stateMachineArn=machine)["executionArn"])

    def known(execution: str) -> bool:
        try:
            steps.describe_execution(executionArn=execution)
        except steps.exceptions.ExecutionDoesNotExist:
            return False
        return True

    first, *_, last = [start() for _ in range(_KEPT + 2)]
    until(lambda: not known(first) or not start(), "the first execution to be forgotten")

    assert known(last)


def size_of_localstack(embedded: EmbeddedEnvironment) -> int:
    """What LocalStack's process holds in memory."""
    state = embedded.state
    assert state
    assert state.localstack
    return int(psutil.Process(state.localstack.pid).memory_info().rss)
