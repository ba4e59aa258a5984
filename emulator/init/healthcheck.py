"""Healthy means deployed: ends with 0 once every ready hook has succeeded, with 1 once one has not.

Waits up to the given number of seconds for LocalStack to answer and its hooks to end.
"""

import http.client
import json
import os
import sys
import time
from typing import Any


def ready_hooks(port: int) -> dict[str, Any] | None:
    """The hooks of the stage "ready" and their states; None while LocalStack does not answer."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/_localstack/init/ready")
        hooks: dict[str, Any] = json.load(connection.getresponse())
        return hooks
    except (OSError, ValueError, http.client.HTTPException):
        return None
    finally:
        connection.close()


def main() -> int:
    deadline = time.monotonic() + float(sys.argv[1])
    port = int(os.environ.get("GATEWAY_LISTEN", "").rpartition(":")[2] or 4566)
    while True:
        hooks = ready_hooks(port)
        states = {script["name"]: script["state"] for script in (hooks or {}).get("scripts", [])}
        # "completed" says only that the hooks have ended; a failed one counts as completed, too.
        if hooks and hooks.get("completed"):
            failed = [name for name, state in states.items() if state != "SUCCESSFUL"]
            if states and not failed:
                print("deployed")
                return 0
            print(
                f"not deployed: {', '.join(failed) or 'no hook'} failed; see this container's log"
            )
            return 1
        if time.monotonic() > deadline:
            print(f"not ready: {states or 'LocalStack does not answer'}")
            return 1
        time.sleep(0.1)


if __name__ == "__main__":
    sys.exit(main())
