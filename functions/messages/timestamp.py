"""Reads a timestamp of RFC 3339, which CloudEvents prescribe."""

import re
from datetime import UTC, datetime

_FORM = re.compile(
    r"(\d{4}-\d\d-\d\d)[Tt](\d\d:\d\d:\d\d)(?:\.(\d+))?([Zz]|[+-]\d\d:\d\d)", re.ASCII
)


def utc(text: str) -> datetime:
    """Return a timestamp in UTC, its fraction cut to microseconds as Postgres keeps them.

    Raises:
        ValueError: when it is no timestamp of RFC 3339, or in UTC not of the years 1 to 9999.
    """
    match = _FORM.fullmatch(text)
    if match is None:
        raise ValueError("no timestamp of RFC 3339, such as 2026-01-31T12:00:00Z")
    day, clock, fraction, zone = match.groups()
    offset = "+00:00" if zone in "Zz" else zone
    try:
        moment = datetime.fromisoformat(f"{day}T{clock}.{(fraction or '0')[:6]:0<6}{offset}")
        return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError("no time of the years 1 to 9999 in UTC") from None
