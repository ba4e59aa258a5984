"""A boto3 session for an emulator on this machine."""

import os
from typing import Any

import boto3
import botocore.session
from botocore.config import Config

_CONFIG = Config(
    retries={"mode": "standard", "max_attempts": 4},
    connect_timeout=5,
    max_pool_connections=20,
    proxies={},  # the emulator is on this machine
)
# The user's profile and region are for AWS, not for the emulator.
_NO_PROFILE = {
    "profile": (None, None, None, None),
    "config_file": (None, None, os.devnull, None),
    "credentials_file": (None, None, os.devnull, None),
}


class EmulatorSession(boto3.Session):
    """A session whose clients call an emulator on this machine.

    Args:
        endpoint: URL of the emulator.
        region: AWS region.
        account: The emulated account's id, which is the access key.
    """

    def __init__(self, endpoint: str, region: str, account: str) -> None:
        super().__init__(
            aws_access_key_id=account,
            aws_secret_access_key="test",
            region_name=region,
            botocore_session=botocore.session.Session(session_vars=_NO_PROFILE),
        )
        self.endpoint = endpoint
        self._clients: dict[str, Any] = {}

    def client(self, service_name: Any, *args: Any, **options: Any) -> Any:
        """The client of a service. It is cached: making one takes longer than most calls."""
        if args or options:
            options = {"endpoint_url": self.endpoint, **options}
            options["config"] = _CONFIG.merge(options.get("config", _CONFIG))
            return super().client(service_name, *args, **options)
        if service_name not in self._clients:
            self._clients[service_name] = super().client(
                service_name, endpoint_url=self.endpoint, config=_CONFIG
            )
        return self._clients[service_name]
