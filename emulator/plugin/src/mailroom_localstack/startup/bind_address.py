"""The address that LocalStack listens on."""

import functools
import importlib
from types import SimpleNamespace
from typing import Any

from mailroom_localstack.patches import patch

SERVER = "localstack.runtime.server.twisted:TwistedRuntimeServer"


@patch(f"{SERVER}.register")
def listen_on_configured_address(
    original: Any, server: Any, gateway: Any, listen: list[Any], ssl_creds: Any = None
) -> None:
    """Listen on the host that GATEWAY_LISTEN names.

    LocalStack: takes the port from GATEWAY_LISTEN and listens on every IPv4 interface.

    Why: the machine's other addresses reach the network, and nothing of an environment may.

    Test: tests/integration/test_environment.py::test_nothing_listens_beyond_the_loopback_interface
    """
    server_module: Any = importlib.import_module(SERVER.partition(":")[0])
    endpoints = server_module.endpoints
    try:
        for address in listen:
            server_module.endpoints = SimpleNamespace(
                TCP4ServerEndpoint=functools.partial(
                    endpoints.TCP4ServerEndpoint, interface=address.host
                ),
                TCP6ServerEndpoint=endpoints.TCP6ServerEndpoint,
            )
            original(server, gateway, [address], ssl_creds)
    finally:
        server_module.endpoints = endpoints
