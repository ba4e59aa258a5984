"""Times on the command line."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from mailroom.cli.times import FORMS, parse_time
from mailroom.errors import Refused

ZONE = timezone(timedelta(hours=2))
NOW = datetime(2026, 11, 28, 22, 30, tzinfo=ZONE)


@pytest.mark.parametrize(
    ("text", "ago"),
    [
        ("5m", timedelta(minutes=5)),
        ("5 min", timedelta(minutes=5)),
        ("2 h", timedelta(hours=2)),
        ("1h30m", timedelta(minutes=90)),
        ("90s", timedelta(seconds=90)),
        ("3d", timedelta(days=3)),
        ("1w", timedelta(days=7)),
        (" 1 h 5 m 5 m ", timedelta(minutes=70)),
    ],
)
def test_a_length_is_that_long_ago(text: str, ago: timedelta) -> None:
    assert parse_time(text, NOW) == NOW - ago


def test_a_time_of_day_is_its_last_occurrence() -> None:
    assert parse_time("22:20", NOW) == datetime(2026, 11, 28, 22, 20, tzinfo=ZONE)
    assert parse_time("22:40", NOW) == datetime(2026, 11, 27, 22, 40, tzinfo=ZONE)
    assert parse_time("9:05:07", NOW) == datetime(2026, 11, 28, 9, 5, 7, tzinfo=ZONE)


def test_iso_times_keep_their_offset_and_are_local_without_one() -> None:
    assert parse_time("2026-11-28T22:20:00Z") == datetime(2026, 11, 28, 22, 20, tzinfo=UTC)
    assert parse_time("2026-11-28T22:20:00+02:00").utcoffset() == timedelta(hours=2)
    assert parse_time("2026-11-28") == datetime(2026, 11, 28).astimezone()
    assert parse_time("2026-11-28 22:20") == datetime(2026, 11, 28, 22, 20).astimezone()


@pytest.mark.parametrize("text", ["", "soon", "5x", "25:00", "22:61", "2026-13-01", "9999999999w"])
def test_anything_else_is_refused_with_the_forms(text: str) -> None:
    with pytest.raises(Refused) as refused:
        parse_time(text, NOW)

    assert str(refused.value) == f"{text!r} is not a time"
    assert refused.value.hint == "a time may be: " + FORMS
