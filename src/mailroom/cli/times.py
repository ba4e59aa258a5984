"""Times, as every command shows them."""

from datetime import UTC, datetime


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
