"""Alerts: something that a person or system should react to."""

from typing import Any, Literal

from messages.data import Data, Text


class Alert(Data):
    """Something that a person or system should react to."""

    severity: Literal["low", "medium", "high", "critical"]
    """How soon it matters."""

    summary: Text
    """What has happened, in one line."""

    details: dict[str, Any] | None = None
    """Anything else about it."""
