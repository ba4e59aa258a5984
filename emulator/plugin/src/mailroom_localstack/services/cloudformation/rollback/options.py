"""What to do when a request fails, by its options.

LocalStack doesn't keep the options. The thread that serves a request also creates its executor.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_serving = threading.local()


@dataclass(frozen=True)
class Options:
    """What happens to the resources that were created or changed.

    Attributes:
        keeps: All of them stay as they were at the failure.
        deletes_retained: New ones are deleted even if their deletion policy is Retain.
    """

    keeps: bool
    deletes_retained: bool


def remember(request: Mapping[str, Any] | None) -> None:
    """Keep the request that this thread serves."""
    _serving.request = request or {}


def options(created_by: Mapping[str, Any]) -> Options:
    """The options of the request that this thread serves.

    Args:
        created_by: The request that created the stack, with the options of its change set.
    """
    request: Mapping[str, Any] = getattr(_serving, "request", {})
    on_failure = request.get("OnFailure") or created_by.get("OnStackFailure")
    return Options(
        keeps=bool(request.get("DisableRollback")) or on_failure == "DO_NOTHING",
        deletes_retained=bool(request.get("RetainExceptOnCreate")),
    )
