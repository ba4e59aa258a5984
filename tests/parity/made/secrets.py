"""Secrets, and buckets."""

from contextlib import ExitStack
from typing import Any

from tests.parity.endpoint import Endpoint
from tests.parity.made import new_name


class Secrets:
    """Makes secrets."""

    def __init__(self, endpoint: Endpoint, cleanup: ExitStack) -> None:
        self._cleanup = cleanup
        self.client = endpoint.client("secretsmanager")

    def make(self, value: str) -> str:
        """A secret; its ARN."""
        arn = str(self.client.create_secret(Name=new_name(), SecretString=value)["ARN"])
        self._cleanup.callback(
            self.client.delete_secret, SecretId=arn, ForceDeleteWithoutRecovery=True
        )
        return arn

    def read(self, secret: str, **options: Any) -> str:
        """A secret's value."""
        return str(self.client.get_secret_value(SecretId=secret, **options)["SecretString"])
