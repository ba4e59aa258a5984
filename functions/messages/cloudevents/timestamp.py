"""Reads timestamps of RFC 3339, the format of CloudEvents."""

import re
from datetime import UTC, datetime

_FORM = re.compile(
    r"(\d{4}-\d\d-\d\d)[Tt](\d\d:\d\d:\d\d)(?:\.(\d+))?([Zz]|[+-]\d\d:\d\d)", re.ASCII
)


def utc(text: str) -> datetime:
    """Return a timestamp in UTC, cut to microseconds, Postgres' precision.

    Raises:
        ValueError: when the text is not a timestamp of RFC 3339, or not in the years 1 to 9999
            in UTC.
    """
    match = _FORM.fullmatch(text)
    if match is None:
        raise ValueError("not a timestamp of RFC 3339, such as 2026-01-31T12:00:00Z")
    day, clock, fraction, zone = match.groups()
    offset = "+00:00" if zone in "Zz" else zone
    try:
        moment = datetime.fromisoformat(f"{day}T{clock}.{(fraction or '0')[:6]:0<6}{offset}")
        return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError("not in the years 1 to 9999 in UTC") from None
