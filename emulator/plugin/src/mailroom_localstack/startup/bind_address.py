"""Makes LocalStack listen where GATEWAY_LISTEN says, and nowhere else.

LocalStack 4.14.0 takes the port from that setting and listens on every IPv4 interface of the
machine, whatever its host is (``TODO: interface = host?``).
"""

import functools
from types import SimpleNamespace
from typing import Any

from localstack.runtime.hooks import on_runtime_create


@on_runtime_create()
def listen_where_told() -> None:
    """Give each endpoint its interface, before the server makes them."""
    from localstack.runtime.server import twisted

    endpoints, register = twisted.endpoints, twisted.TwistedRuntimeServer.register

    def register_each(self: Any, gateway: Any, listen: list[Any], ssl_creds: Any = None) -> None:
        for address in listen:
            twisted.endpoints = SimpleNamespace(
                TCP4ServerEndpoint=functools.partial(
                    endpoints.TCP4ServerEndpoint, interface=address.host
                ),
                TCP6ServerEndpoint=endpoints.TCP6ServerEndpoint,
            )
            register(self, gateway, [address], ssl_creds)

    twisted.TwistedRuntimeServer.register = register_each
