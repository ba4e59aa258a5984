"""The server with a gateway that answers with what it was asked. Run by LocalStack's interpreter.

Prints its port; ends when its standard input does.
"""

import hashlib
import sys
import threading
from typing import Any

from localstack.config import HostAndPort
from localstack.http import Response
from localstack.utils.ssl import create_ssl_cert
from mailroom_localstack.gateway.server import ThreadedServer
from rolo.gateway import Gateway  # type: ignore[import-not-found]

RELEASED = threading.Event()


def echo(chain: Any, context: Any, response: Response) -> None:
    """Answer with the request, or as its path says."""
    request = context.request
    if request.path == "/wait":
        RELEASED.wait(30)
    elif request.path == "/release":
        RELEASED.set()
    elif request.path == "/stream":
        response.response = (f"part {number}\n".encode() for number in range(3))
        response.headers["x-Own-Spelling"] = "kept"
        return
    body = request.get_data()
    found = Response.for_json(
        {
            "method": request.method,
            "path": request.path,
            "query": request.query_string.decode(),
            "scheme": request.scheme,
            "headers": list(request.headers),
            "length": len(body),
            "digest": hashlib.sha256(body).hexdigest(),
        }
    )
    response.update_from(found)


def main() -> None:
    """Serve until standard input ends."""
    server = ThreadedServer()
    _, certificate, key = create_ssl_cert(serial_number=1)
    server.register(Gateway([echo]), [HostAndPort("127.0.0.1", 0)], (certificate, key))
    print(server.ports[0], flush=True)
    runner = threading.Thread(target=server.run)
    runner.start()
    sys.stdin.read()
    server.shutdown()
    runner.join()


main()
