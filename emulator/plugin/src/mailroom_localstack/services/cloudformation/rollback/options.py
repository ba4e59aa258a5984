"""What a request wants to be done when it fails.

LocalStack reads these options and forgets them. A request and what executes it begin in one thread.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_serving = threading.local()


@dataclass(frozen=True)
class Options:
    """What becomes of what was made.

    Attributes:
        keeps: All of it stays as it was when it failed.
        deletes_retained: What is new goes, though its deletion policy is Retain.
    """

    keeps: bool
    deletes_retained: bool


def remember(request: Mapping[str, Any] | None) -> None:
    """This thread serves the request from now on."""
    _serving.request = request or {}


def options(created_by: Mapping[str, Any]) -> Options:
    """The options of the request that this thread serves.

    Args:
        created_by: The request that made the stack, whose change set may have a say.
    """
    request: Mapping[str, Any] = getattr(_serving, "request", {})
    wanted = request.get("OnFailure") or created_by.get("OnStackFailure")
    return Options(
        keeps=bool(request.get("DisableRollback")) or wanted == "DO_NOTHING",
        deletes_retained=bool(request.get("RetainExceptOnCreate")),
    )
