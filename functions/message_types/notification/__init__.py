"""Notifications: a text for one recipient."""

from typing import Any

from messages.data import Data, Text


class Notification(Data):
    """A text for one recipient."""

    recipient: Text
    """Who is notified."""

    title: Text
    """What it is about, in one line."""

    body: str | None = None
    """The whole text."""

    details: dict[str, Any] | None = None
    """Anything else about it."""
