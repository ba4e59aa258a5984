import os
import socket

import pytest

from mailroom.environments.ports import free_port, is_free, require_free_port
from mailroom.errors import PortTaken


def test_a_free_port_is_free() -> None:
    port = free_port()

    assert is_free(port)
    require_free_port(port, "a test")


def test_a_port_that_was_just_closed_is_free() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with socket.create_connection(("127.0.0.1", port)):
            server.accept()[0].close()

    assert is_free(port)


@pytest.mark.parametrize("address", ["127.0.0.1", "0.0.0.0"])
def test_the_process_that_uses_a_port_is_named(address: str) -> None:
    with socket.create_server((address, 0)) as holder:
        port = holder.getsockname()[1]

        with pytest.raises(PortTaken) as taken:
            require_free_port(port, "LocalStack")

    assert f"port {port}, which LocalStack needs, is used by process {os.getpid()} (" in (
        str(taken.value)
    )
    assert "--port" in taken.value.hint
