"""State machines, and their executions."""

import json
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

from tests.parity.endpoint import Endpoint
from tests.parity.made import new_name

type State = dict[str, Any]


@dataclass(frozen=True)
class Ended:
    """An execution that has ended.

    Attributes:
        status: SUCCEEDED, FAILED and so on.
        output: What it returned; None unless it succeeded.
        error: Name of its error.
        cause: The error's cause.
    """

    status: str
    output: Any
    error: str
    cause: str


@dataclass(frozen=True)
class Machine:
    """A state machine that exists."""

    endpoint: Endpoint
    steps: Any
    arn: str

    def start(self, given: object = None, name: str = "") -> str:
        """Start an execution; its ARN."""
        return str(
            self.steps.start_execution(
                stateMachineArn=self.arn, name=name or new_name(), input=json.dumps(given)
            )["executionArn"]
        )

    def ended(self, execution: str) -> Ended:
        """Wait for an execution's end."""
        known: dict[str, Any] = {}

        def over() -> bool:
            known.update(self.steps.describe_execution(executionArn=execution))
            return bool(known["status"] != "RUNNING")

        self.endpoint.until(over, f"the end of {execution}")
        output = json.loads(known["output"]) if known.get("output") else None
        return Ended(known["status"], output, known.get("error", ""), known.get("cause", ""))

    def update(self, states: dict[str, State]) -> None:
        """Give it other states."""
        self.steps.update_state_machine(stateMachineArn=self.arn, definition=_definition(states))

    def run(self, given: object = None) -> Ended:
        """Start an execution and wait for its end."""
        return self.ended(self.start(given))


class Machines:
    """Makes state machines."""

    def __init__(self, endpoint: Endpoint, cleanup: ExitStack, role: str) -> None:
        self._endpoint = endpoint
        self._cleanup = cleanup
        self.role = role
        self.steps = endpoint.client("stepfunctions")

    def make(self, states: dict[str, State], role: str = "", **settings: Any) -> Machine:
        """A state machine that starts at the first of its states.

        Args:
            states: Its states.
            role: ARN of the role that it has, if not the usual one.
            settings: Further parameters of CreateStateMachine.
        """
        arn = self._endpoint.accepted(
            lambda: self.steps.create_state_machine(
                name=new_name(),
                roleArn=role or self.role,
                definition=_definition(states),
                **settings,
            ),
            "AccessDeniedException",
        )["stateMachineArn"]
        self._cleanup.callback(self.steps.delete_state_machine, stateMachineArn=arn)
        return Machine(self._endpoint, self.steps, arn)

    def run(self, states: dict[str, State], given: object = None) -> Ended:
        """Make a state machine and run it once."""
        return self.make(states).run(given)


def passing(result: object) -> State:
    """A state that gives a result."""
    return {"Type": "Pass", "Result": result, "End": True}


def _definition(states: dict[str, State]) -> str:
    return json.dumps({"StartAt": next(iter(states)), "States": states})
