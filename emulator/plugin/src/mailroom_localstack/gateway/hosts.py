"""The names that this machine has: a request for another one isn't answered.

A web page of a stranger can let its own name resolve to 127.0.0.1, and its scripts then read what
LocalStack answers (DNS rebinding); they can't choose the header `Host`, which has the page's name.
"""

from __future__ import annotations

import functools
import ipaddress
import os
import socket

from mailroom_localstack.gateway.exchange import Received

# Further names, separated by commas: those that other containers have for this one.
HOSTS_VARIABLE = "MAILROOM_HOSTS"
NAMES = {"localhost", "localhost.localstack.cloud"}
# Names below these can't be made to resolve to this machine by somebody else.
DOMAINS = (".localhost", ".localhost.localstack.cloud", ".amazonaws.com", ".amazonaws.com.cn")


def is_for_this_machine(request: Received) -> bool:
    """Whether a request's `Host` is an address or a name of this machine, or is missing."""
    for name, value in request.headers:
        if name.lower() == b"host":
            return is_own(value.decode("latin-1"))
    return True


@functools.lru_cache(maxsize=1024)
def is_own(host: str) -> bool:
    """Whether a host, with or without a port, is an address or a name of this machine."""
    name = host.strip().lower()
    if name.startswith("["):
        name = name.partition("]")[0].removeprefix("[")
    elif name.count(":") == 1:
        name = name.partition(":")[0]
    name = name.rstrip(".")
    return name in _names() or name.endswith(DOMAINS) or _is_address(name)


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


@functools.lru_cache(maxsize=1)
def _names() -> set[str]:
    told = os.environ.get(HOSTS_VARIABLE, "").split(",")
    own = (socket.gethostname(), os.environ.get("LOCALSTACK_HOST", "").partition(":")[0], *told)
    return NAMES | {name.strip().lower() for name in own if name.strip()}
