"""Points in time: options, and how every command shows them."""

import re
from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer

from mailroom.errors import Refused

_UNITS = {"s": "seconds", "m": "minutes", "min": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_PART = r"\s*(\d+)\s*(s|min|m|h|d|w)\s*"
_AGO = re.compile(f"(?:{_PART})+")
_CLOCK = re.compile(r"(\d{1,2}):(\d\d)(?::(\d\d))?")
FORMS = "5m, 2 h, 1h30m, 22:20, 2026-11-28, or 2026-11-28T22:20:00Z"


def parse_time(text: str, now: datetime | None = None) -> datetime:
    """A point in time, with its time zone.

    Args:
        text: How long ago (`5m`, `2 h`, `1h30m`, `3d`), a time of day (`22:20`: its last
            occurrence), or an ISO 8601 date or time. What has no offset is local.
        now: The present; for tests.

    Raises:
        Refused: It is none of these.
    """
    now = now or datetime.now(UTC).astimezone()
    text = text.strip()
    try:
        if _AGO.fullmatch(text):
            parts = re.findall(_PART, text)
            return now - timedelta(**_sum(parts))
        if clock := _CLOCK.fullmatch(text):
            hour, minute, second = (int(part or 0) for part in clock.groups())
            today = now.replace(hour=hour, minute=minute, second=second, microsecond=0)
            return today if today <= now else today - timedelta(days=1)
        found = datetime.fromisoformat(text)
    except (ValueError, OverflowError):
        raise Refused(f"{text!r} is not a time", f"a time may be: {FORMS}") from None
    return found if found.tzinfo else _local(found)


def _local(time: datetime) -> datetime:
    try:
        return time.astimezone()
    except (OverflowError, ValueError) as error:
        raise Refused(f"{time} can't be a time in this time zone: {error}") from error


def _sum(parts: list[tuple[str, str]]) -> dict[str, int]:
    amounts: dict[str, int] = {}
    for amount, unit in parts:
        name = _UNITS[unit]
        amounts[name] = amounts.get(name, 0) + int(amount)
    return amounts


def _option(*names: str, help: str) -> typer.models.OptionInfo:
    option: typer.models.OptionInfo = typer.Option(
        *names, parser=parse_time, metavar="TIME", help=f"{help}: {FORMS}."
    )
    return option


Since = Annotated[datetime | None, _option("--since", help="Only at this time or later")]
Until = Annotated[datetime | None, _option("--until", help="Only before this time")]


def shown(time: datetime | float) -> str:
    """A time in this machine's time zone, as tables show it.

    Args:
        time: With an offset, or in seconds since 1970.
    """
    return f"{_utc(time).astimezone():%Y-%m-%d %H:%M:%S}"


def as_json(time: datetime | float) -> str:
    """A time in UTC, ISO 8601, as JSON has it."""
    return _utc(time).isoformat(timespec="milliseconds")


def _utc(time: datetime | float) -> datetime:
    return time.astimezone(UTC) if isinstance(time, datetime) else datetime.fromtimestamp(time, UTC)
