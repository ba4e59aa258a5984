"""Makes events that no other test has made."""

import uuid
from typing import Any


def notification(**data: Any) -> dict[str, Any]:
    """A valid notification; `data` adds to its data or replaces it."""
    return _event("notification", {"recipient": "ada", "title": "hello", **data})


def alert(**data: Any) -> dict[str, Any]:
    """A valid alert; `data` adds to its data or replaces it."""
    return _event("alert", {"severity": "high", "summary": "disk full", **data})


def mixed(count: int) -> list[dict[str, Any]]:
    """Notifications and alerts in turn."""
    return [notification() if n % 2 else alert() for n in range(count)]


def _event(kind: str, data: dict[str, Any]) -> dict[str, Any]:
    return {
        "specversion": "1.0",
        "id": str(uuid.uuid4()),
        "source": "https://example.com/tests",
        "type": kind,
        "time": "2026-01-01T00:00:00Z",
        "subject": "test",
        "datacontenttype": "application/json",
        "data": data,
    }
