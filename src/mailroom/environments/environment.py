"""An environment that is up, and how to reach its parts."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from mailroom.errors import NotUp

if TYPE_CHECKING:
    import boto3

    from mailroom.aws.topology import Topology


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
        session: Session whose clients call the endpoint.
        stack: Name of its CloudFormation stack.
        database: Connection string (libpq) of its database, for a role that may read every table.
    """

    name: str
    endpoint: str
    session: "boto3.Session"
    stack: str
    database: str = field(repr=False)

    @cached_property
    def outputs(self) -> dict[str, str]:
        """The stack's outputs: ARNs, URLs and names by logical name.

        Raises:
            NotUp: The stack is not deployed.
        """
        # Imported here, as every command imports this module, and few need outputs.
        from mailroom.deployment.stack import Stack

        outputs = Stack(self.session.client("cloudformation"), self.stack).outputs()
        if not outputs:
            raise NotUp
        return outputs

    @cached_property
    def topology(self) -> "Topology":
        """The stack's queues, subscriptions and functions, as they are deployed."""
        from mailroom.aws.topology import Topology

        return Topology(self.session, self.stack)
