"""A boto3 session for an emulator on this machine."""

import os
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import botocore.loaders
import botocore.session
from botocore.config import Config

if TYPE_CHECKING:
    import boto3

    # Its overloads type the clients.
    _Base = boto3.Session
else:
    _Base = object

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
_MODELS: str = botocore.loaders.Loader.BUILTIN_DATA_PATH
_NO_ENDPOINTS: dict[str, Any] = {"version": 3, "partitions": []}


class EmulatorSession(_Base):
    """A session whose clients call an emulator on this machine.

    It is a boto3 session, which is imported only when more than clients is asked for: boto3 takes
    longer to import than most commands to answer, and its clients are botocore's.

    Args:
        endpoint: URL of the emulator.
        region: AWS region.
        account: The emulated account's id, which is the access key.
    """

    def __init__(self, endpoint: str, region: str, account: str) -> None:
        self.endpoint = endpoint
        self._region, self._account = region, account
        self._clients: dict[str, Any] = {}
        self._botocore = botocore.session.Session(session_vars=_NO_PROFILE)
        self._botocore.set_credentials(account, "test")
        self._botocore.set_config_variable("region", region)
        self._botocore.register_component("data_loader", _Models())

    def client(self, service_name: Any, *args: Any, **options: Any) -> Any:
        """The client of a service. It is cached: making one takes longer than most calls."""
        if args or options:
            options = {"endpoint_url": self.endpoint, **options}
            options["config"] = _CONFIG.merge(options.get("config", _CONFIG))
            return self._create(service_name, *args, **options)
        if service_name not in self._clients:
            self._clients[service_name] = self._create(
                service_name, endpoint_url=self.endpoint, config=_CONFIG
            )
        return self._clients[service_name]

    @property
    def region_name(self) -> str:
        return self._region

    def get_credentials(self) -> Any:
        return self._botocore.get_credentials()

    def _create(self, service_name: str, *args: Any, **options: Any) -> Any:
        # boto3 adds the transfer of files to this client alone.
        create: Any = self._boto3.client if service_name == "s3" else self._botocore.create_client
        return create(service_name, *args, **options)

    @cached_property
    def _boto3(self) -> "boto3.Session":
        import boto3

        return boto3.Session(
            aws_access_key_id=self._account,
            aws_secret_access_key="test",
            region_name=self._region,
            botocore_session=botocore.session.Session(session_vars=_NO_PROFILE),
        )

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return getattr(self._boto3, name)


class _Models(botocore.loaders.Loader):
    """The services' models, without what a client does not read whose endpoint is given.

    botocore would look into the folders of all services, and parse the endpoints of all regions:
    half the time in which it makes a client.
    """

    def list_available_services(self, type_name: str) -> list[str]:
        return sorted(one.name for one in Path(_MODELS).iterdir())

    def load_data_with_path(self, name: str) -> tuple[Any, str]:
        if name == "endpoints":
            return _NO_ENDPOINTS, _MODELS
        found: tuple[Any, str] = super().load_data_with_path(name)
        return found
