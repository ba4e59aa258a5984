"""The AWS account of an environment, and a session for it.

Credentials and endpoint come from boto3's own chain: a profile, environment variables, a role. So
`AWS_ENDPOINT_URL` is enough to use an emulator instead of AWS.
"""

from dataclasses import dataclass, replace
from typing import Any

import boto3
from botocore.config import Config

from mailroom.deployment.environment_config import EnvironmentConfig
from mailroom.environments.environment import Environment

# Standard mode backs off exponentially when AWS throttles.
CONFIG = Config(retries={"mode": "standard", "total_max_attempts": 10})


class AccountSession(boto3.Session):
    """A session whose clients retry when AWS throttles."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._clients: dict[str, Any] = {}

    def client(self, service_name: Any, *args: Any, **options: Any) -> Any:
        """The client of a service; one without options is cached, as it takes long to make."""
        if not args and not options and service_name in self._clients:
            return self._clients[service_name]
        made = super().client(service_name, *args, **{"config": CONFIG, **options})
        if not args and not options:
            self._clients[service_name] = made
        return made


@dataclass(frozen=True)
class Account:
    """An environment, and the account that the caller's credentials belong to.

    Attributes:
        config: The environment's config, with variables replaced.
        session: The caller's session, in the environment's region.
        id: The account's twelve digits.
        caller: ARN of the caller.
    """

    config: EnvironmentConfig
    session: boto3.Session
    id: str
    caller: str

    @property
    def bucket(self) -> str:
        """Name of the artifact bucket."""
        return self.config.artifact_bucket(self.id)

    @property
    def architecture(self) -> str:
        """The functions' architecture: the config's, else the template's default."""
        return self.config.parameters.get("Architecture", "x86_64")

    @property
    def environment(self) -> Environment:
        """The deployed stack as an environment; without its database, which can't be reached."""
        endpoint = self.session.client("cloudformation").meta.endpoint_url
        config = self.config
        return Environment(config.name, endpoint, lambda: self.session, config.stack, "", True)

    def with_parameters(self, parameters: dict[str, str]) -> "Account":
        """The same account with other template parameters."""
        return replace(self, config=replace(self.config, parameters=parameters))
