"""The account that an environment is in, reached as every AWS tool reaches it.

Credentials and endpoint come from boto3's own chain: a profile, variables, a role. So
`AWS_ENDPOINT_URL` alone makes an emulator play AWS.
"""

from dataclasses import dataclass, replace
from typing import Any

import boto3
from botocore.config import Config

from mailroom.deployment.environment_config import Target
from mailroom.environments.environment import Environment

# Standard mode waits longer from one attempt to the next when AWS throttles.
CONFIG = Config(retries={"mode": "standard", "total_max_attempts": 10})


class AccountSession(boto3.Session):
    """A session whose clients are patient with an AWS that throttles."""

    def client(self, service_name: Any, *args: Any, **options: Any) -> Any:
        return super().client(service_name, *args, **{"config": CONFIG, **options})


@dataclass(frozen=True)
class Account:
    """An environment, and the account that the caller's credentials belong to.

    Attributes:
        target: The environment's settings, with every variable in them replaced.
        session: The caller's session, in the environment's region.
        id: The account's twelve digits.
        caller: ARN of the caller.
    """

    target: Target
    session: boto3.Session
    id: str
    caller: str

    @property
    def bucket(self) -> str:
        """Name of the artifact bucket."""
        return self.target.bucket or f"mailroom-artifacts-{self.id}-{self.target.region}"

    @property
    def architecture(self) -> str:
        """What the functions run on there: the environment's choice, else the template's."""
        return self.target.parameters.get("Architecture", "x86_64")

    @property
    def environment(self) -> Environment:
        """The stack, for whoever wants to use it. Its database can't be reached from here."""
        endpoint = self.session.client("cloudformation").meta.endpoint_url
        return Environment(self.target.name, endpoint, self.session, self.target.stack, "", "")

    def with_parameters(self, parameters: dict[str, str]) -> "Account":
        """The same with other template parameters."""
        return replace(self, target=replace(self.target, parameters=parameters))
