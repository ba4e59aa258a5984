"""What is known of an execution: its steps, and the calls that each step made."""

import json
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

RUNNING = "RUNNING"


@dataclass(frozen=True)
class Attempt:
    """One call of what a Task state names; each retry is another one.

    Attributes:
        resource: What is called: `lambda:invoke`, or the ARN of a function or activity.
        function: Name or ARN of the function that is invoked; None for anything else.
        input: The call's parameters, as JSON text.
        scheduled: When it was scheduled.
        ended: When it succeeded or failed; None while it goes on.
        output: Its result, as JSON text.
        error: Name of its error.
        cause: Its error's cause.
        request_id: The invocation's request id; None until it has ended, and for anything else.
    """

    resource: str
    function: str | None
    input: str | None
    scheduled: datetime
    ended: datetime | None = None
    output: str | None = None
    error: str | None = None
    cause: str | None = None
    request_id: str | None = None


@dataclass(frozen=True)
class Step:
    """One pass through a state. A state that is entered twice makes two steps.

    Attributes:
        id: Id of the event by which it was entered; unique in its execution.
        name: The state's name.
        type: `Task`, `Choice`, `Wait`, `Parallel`, `Map`, `Pass`, `Succeed` or `Fail`.
        parent: Id of the Parallel or Map step that it is in; None at the top.
        iteration: Index of its iteration of a Map.
        status: `running`, `succeeded`, `caught` (it failed, and a Catch went on), `failed`, or
            `aborted` (it was at work when something else ended the execution or its Parallel).
        entered: When it was entered.
        exited: When it was exited; None if it never was.
        input: Its input, as JSON text.
        output: Its output, as JSON text.
        attempts: The calls that it made.
        error: Name of the error with which it failed.
        cause: That error's cause.
        depth: How many Parallel and Map steps it is in.
    """

    id: int
    name: str
    type: str
    parent: int | None
    iteration: int | None
    status: str
    entered: datetime
    exited: datetime | None
    input: str | None
    output: str | None
    attempts: tuple[Attempt, ...] = ()
    error: str | None = None
    cause: str | None = None
    depth: int = 0

    @property
    def retries(self) -> int:
        """The number of its attempts after the first."""
        return max(0, len(self.attempts) - 1)

    @property
    def seconds(self) -> float | None:
        """Seconds between entry and exit; None if it was never exited."""
        return (self.exited - self.entered).total_seconds() if self.exited else None


@dataclass(frozen=True)
class Execution:
    """An execution of a state machine.

    Attributes:
        arn: Its ARN.
        name: Its name, which is the batch's id for an execution of the workflow.
        state_machine: ARN of its state machine.
        status: `RUNNING`, `SUCCEEDED`, `FAILED`, `TIMED_OUT` or `ABORTED`.
        started: When it was started.
        stopped: When it ended; None while it runs.
        input: Its input, as JSON text; None in a list.
        output: Its output, as JSON text, after it has succeeded; None in a list.
        error: Name of the error with which it failed or was stopped; None in a list.
        cause: That error's cause; None in a list.
        steps: Its steps in the order in which they were entered; none in a list.
    """

    arn: str
    name: str
    state_machine: str
    status: str
    started: datetime
    stopped: datetime | None = None
    input: str | None = None
    output: str | None = None
    error: str | None = None
    cause: str | None = None
    steps: tuple[Step, ...] = field(default=())

    @property
    def running(self) -> bool:
        """Whether it has not ended."""
        return self.status == RUNNING

    @property
    def seconds(self) -> float | None:
        """Seconds from its start to its end; None while it runs."""
        return (self.stopped - self.started).total_seconds() if self.stopped else None

    @property
    def failed_step(self) -> Step | None:
        """The step that made it fail, which need not be the last one.

        A Catch may lead to a Fail state that only repeats the error: this is the step where the
        error came up. After a timeout or StopExecution, a step that was at work.
        """
        if self.status in (RUNNING, "SUCCEEDED"):
            return None
        failed = [step for step in self.steps if step.status in ("failed", "caught")]
        leaves = [step for step in failed if step.type not in ("Parallel", "Map")]
        origins = [step for step in leaves if step.error and step.error == self.error]
        fails = [step for step in failed if step.type == "Fail"]
        at_work = [step for step in self.steps if step.status == "aborted"]
        return next(iter([*origins, *fails, *failed[::-1], *at_work[::-1]]), None)

    @property
    def reason(self) -> str:
        """Error and cause in one line; of a function's error, its `errorMessage` alone."""
        return describe_error(self.error or self.status, self.cause)


def describe_error(error: str, cause: str | None) -> str:
    """Error and cause in one line; of a function's error, its `errorMessage` alone."""
    text = cause or ""
    with suppress(ValueError, KeyError, TypeError):
        text = json.loads(text)["errorMessage"]
    return f"{error}: {text}".rstrip(": ")


def document(value: str | None) -> Any:
    """JSON text as a document; text that is not JSON as it is."""
    with suppress(ValueError, TypeError):
        return json.loads(value or "null")
    return value
