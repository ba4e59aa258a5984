"""An environment that is up, and how to reach its parts."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from mailroom.errors import NotUp, Refused

if TYPE_CHECKING:
    from collections.abc import Callable

    import boto3

    from mailroom.aws.topology import Topology

_WORKFLOW = "MessageWorkflowArn"
_STATE_MACHINE = "AWS::StepFunctions::StateMachine"


@dataclass(frozen=True)
class DatabaseClient:
    """How to start a database client: command line, and variables, none of them a secret."""

    command: list[str]
    variables: dict[str, str]


@dataclass(frozen=True)
class Environment:
    """An environment in which the workflow runs.

    Attributes:
        name: Its name for the user.
        endpoint: URL of LocalStack, or of AWS.
        open_session: Makes the session whose clients call the endpoint.
        stack: Name of its CloudFormation stack.
        database: Connection string (libpq) of its database, for a role that may read every table;
            empty when it has none.
        in_account: Whether it is in an account, where a queue's messages can't be listed.
    """

    name: str
    endpoint: str
    open_session: "Callable[[], boto3.Session]" = field(repr=False)
    stack: str
    database: str = field(repr=False)
    in_account: bool = False

    @cached_property
    def session(self) -> "boto3.Session":
        """The session. It is made when first needed, as importing boto3 takes 0.2 s."""
        return self.open_session()

    @cached_property
    def outputs(self) -> dict[str, str]:
        """The stack's outputs: ARNs, URLs and names by logical name.

        Raises:
            NotUp: The stack is not deployed.
        """
        # Imported here, as every command imports this module, and few need outputs.
        from mailroom.deployment.stack import Stack

        stack = Stack(self.session.client("cloudformation"), self.stack)
        outputs = stack.outputs()
        # A template may have no outputs.
        if not outputs and stack.status() is None:
            raise NotUp
        return outputs

    @property
    def is_workflow(self) -> bool:
        """Whether the message workflow is deployed, and not another application."""
        return _WORKFLOW in self.outputs

    @property
    def message_database(self) -> str:
        """Connection string of the database with the message workflow's rows; empty without."""
        return self.database if self.database and self.is_workflow else ""

    @property
    def state_machines(self) -> list[str]:
        """ARNs of the message workflow's state machine, or of all of another application.

        Raises:
            NotUp: The stack is not deployed.
        """
        if self.is_workflow:
            return [self.outputs[_WORKFLOW]]
        found = self.topology.identities
        return [one.arn for one in found if one.type == _STATE_MACHINE and one.arn]

    def state_machine(self, name: str | None = None) -> str:
        """ARN of the state machine of a name, or of the only one.

        Raises:
            Refused: There is none, or several are and none was named.
        """
        from mailroom.aws.resources import find_resource

        machines = self.state_machines
        if name is not None:
            return find_resource(self.topology.identities, name, _STATE_MACHINE).arn or name
        if len(machines) != 1:
            raise Refused(
                f"the application has {len(machines)} state machines", "name one: --machine NAME"
            )
        return machines[0]

    @cached_property
    def topology(self) -> "Topology":
        """The stack's queues, subscriptions and functions, as they are deployed."""
        from mailroom.aws.topology import Topology

        return Topology(self.session, self.stack)
