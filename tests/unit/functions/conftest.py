"""What the tests of the functions share."""

from collections.abc import Callable
from typing import Any

import pytest


@pytest.fixture
def notification() -> Callable[..., dict[str, Any]]:
    """Make a valid event of type `notification`, with fields of its own."""

    def make(**fields: Any) -> dict[str, Any]:
        event = {
            "specversion": "1.0",
            "id": "1",
            "source": "/tests",
            "type": "notification",
            "time": "2026-01-31T12:00:00Z",
            "data": {"recipient": "ada", "title": "Hello"},
        }
        return event | fields

    return make
