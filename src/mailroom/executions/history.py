"""Reads executions from Step Functions."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import chain, islice
from typing import TYPE_CHECKING, Any

from mailroom.errors import Refused
from mailroom.executions.execution import Execution
from mailroom.executions.steps import parse_steps
from mailroom.wording import did_you_mean, known_names

if TYPE_CHECKING:
    import boto3

# https://docs.aws.amazon.com/step-functions/latest/apireference/API_ListExecutions.html
_STATUSES = ("RUNNING", "SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED", "PENDING_REDRIVE")
_ALL = "all of them: mailroom executions list"


def list_executions(
    session: "boto3.Session",
    state_machine: str | Sequence[str],
    *,
    limit: int = 20,
    status: str | None = None,
    since: datetime | None = None,
) -> list[Execution]:
    """The newest executions of state machines, without their steps.

    Args:
        session: A session of the account.
        state_machine: ARN of the state machine, or those of several.
        limit: Maximum number.
        status: Only with this status, such as `FAILED`.
        since: Only started at this time or later.

    Raises:
        Refused: There is no such status.
    """
    if status and status not in _STATUSES:
        raise Refused(f"there is no status {status}", known_names(status, "statuses", _STATUSES))
    if not isinstance(state_machine, str):
        of_each = [
            list_executions(session, one, limit=limit, status=status, since=since)
            for one in state_machine
        ]
        found = sorted(chain(*of_each), key=lambda one: one.started, reverse=True)
        return found[:limit]
    selected: dict[str, Any] = {"statusFilter": status} if status else {}
    pages = session.client("stepfunctions").get_paginator("list_executions")
    listed = (
        one
        for page in pages.paginate(stateMachineArn=state_machine, **selected)
        for one in page["executions"]
        if since is None or one["startDate"] >= since
    )
    return [_execution(one) for one in islice(listed, limit)]


def read_execution(session: "boto3.Session", arn: str) -> Execution:
    """An execution with its steps.

    Args:
        session: A session of the account.
        arn: ARN of the execution.

    Raises:
        Refused: There is no such execution.
    """
    client = session.client("stepfunctions")
    try:
        described = client.describe_execution(executionArn=arn)
        # Read after the status: the history has all events of an execution that has ended.
        events = list(_history(session, arn))
    except client.exceptions.ExecutionDoesNotExist as error:
        raise Refused(f"there is no execution {arn.rpartition(':')[2]}", _ALL) from error
    return _execution(described, events)


def find_execution(
    session: "boto3.Session", state_machine: str | Sequence[str], wanted: str
) -> str:
    """ARN of the execution that has this name or ARN, or whose name alone begins with it.

    Args:
        session: A session of the account.
        state_machine: ARN of the state machine, or those of several.
        wanted: A name, the beginning of one, or an ARN; `latest` is the newest.

    Raises:
        Refused: There is none, or several are.
    """
    if wanted.startswith("arn:"):
        return wanted
    found = list_executions(session, state_machine, limit=1_000)
    if wanted == "latest" and found:
        return found[0].arn
    exact = [one.arn for one in found if one.name == wanted]
    beginning = exact or [one.arn for one in found if one.name.startswith(wanted)]
    if len(beginning) == 1:
        return beginning[0]
    if beginning:
        raise Refused(f"several executions' names begin with {wanted}", _ALL)
    meant = did_you_mean(wanted, [one.name for one in found])
    raise Refused(f"there is no execution {wanted}", f"{meant}\n{_ALL}".lstrip())


def execution_arn(state_machine: str, name: str) -> str:
    """ARN that the execution of this name has, if there is one.

    Args:
        state_machine: ARN of the state machine.
        name: The name, which is a batch's id.
    """
    return f"{state_machine.replace(':stateMachine:', ':execution:')}:{name}"


def _history(session: "boto3.Session", arn: str) -> Iterator[Any]:
    pages = session.client("stepfunctions").get_paginator("get_execution_history")
    for page in pages.paginate(executionArn=arn, includeExecutionData=True):
        yield from page["events"]


def _execution(described: Any, events: list[Any] | None = None) -> Execution:
    return Execution(
        described["executionArn"],
        described["name"],
        described["stateMachineArn"],
        described["status"],
        described["startDate"],
        described.get("stopDate"),
        described.get("input"),
        described.get("output"),
        described.get("error"),
        described.get("cause"),
        parse_steps(events or (), described["status"]),
    )
