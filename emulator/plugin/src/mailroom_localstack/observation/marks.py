"""What handlers note of a call, for the event that tells of it: its caller, and a refusal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

ATTRIBUTE = "mailroom_mark"
IAM, LIMIT = "iam", "limit"


@dataclass(slots=True)
class Mark:
    """What is known of a call.

    Attributes:
        caller: the caller's ARN, or a service's name; None for the root user.
        refused: `iam` or `limit` if AWS would refuse the call.
        message: the error that AWS would answer with.
        statement: the IAM statement that would allow the call.
    """

    caller: str | None = None
    refused: str | None = None
    message: str | None = None
    statement: dict[str, Any] | None = None


NONE = Mark()


def mark_of(context: Any) -> Mark:
    """The mark of a call; an empty one that must not be changed if it has none."""
    found: Mark = getattr(context, ATTRIBUTE, NONE)
    return found


def mark(context: Any, **values: Any) -> None:
    """Note something of a call; what was noted of a refusal before stays."""
    if ATTRIBUTE not in vars(context):
        setattr(context, ATTRIBUTE, Mark())
    found: Mark = getattr(context, ATTRIBUTE)
    for name, value in values.items():
        if getattr(found, name) is None:
            setattr(found, name, value)
