"""The timeline of an execution."""

from xml.etree import ElementTree

import pytest

from mailroom.console.graphs.timeline import Bar, Row, draw_timeline, duration


def bars(markup: str) -> list[ElementTree.Element]:
    picture = ElementTree.fromstring(markup)
    return [one for one in picture.iter() if one.get("class", "").startswith("bar")]


def ticks(markup: str) -> list[str]:
    picture = ElementTree.fromstring(markup)
    return [one.text or "" for one in picture.iter() if one.get("class", "").startswith("tick")]


def test_bars_stand_where_their_time_is() -> None:
    rows = [
        Row("row-A", "A", (Bar(0, 1, "succeeded"), Bar(0.25, 0.75, "failed", inner=True))),
        Row("row-B", "B", (Bar(1, 2, "running"),), depth=1),
    ]

    first, inner, second = bars(draw_timeline(rows, 2.0).markup)

    start, width = float(first.attrib["x"]), float(first.attrib["width"])
    assert float(second.attrib["x"]) == pytest.approx(start + width, abs=0.2)
    assert float(inner.attrib["x"]) == pytest.approx(start + width / 4, abs=0.2)
    assert float(inner.attrib["width"]) == pytest.approx(width / 2, abs=0.2)
    assert "status-failed" in inner.attrib["class"]
    assert "inner" in inner.attrib["class"]


@pytest.mark.parametrize("seconds", [0.0, 0.004, 1.0, 7.3, 61.0, 3_000.0, 90_000.0, 5_000_000.0])
def test_a_timeline_of_any_length_has_some_ticks(seconds: float) -> None:
    found = ticks(draw_timeline([], seconds).markup)

    assert 1 <= len(found) <= 10
    assert found[0] == "0"


def test_one_that_runs_keeps_its_scale_for_a_while() -> None:
    row = Row("row-A", "A", (Bar(0, 1, "succeeded"),))

    (first,), (second,) = (
        bars(draw_timeline([row], seconds, running=True).markup) for seconds in (6.2, 6.9)
    )

    assert first.attrib == second.attrib


def test_a_thousand_short_bars_become_one_and_a_failure_among_them_stays() -> None:
    short = [Bar(i / 1000, (i + 0.9) / 1000, "succeeded") for i in range(1000)]
    short[500] = Bar(0.5, 0.501, "failed", "one that failed")

    drawn = bars(draw_timeline([Row("row-A", "A", tuple(short))], 60.0).markup)

    assert len(drawn) == 3
    titles = [one[0].text for one in drawn]
    assert titles == ["500 times, succeeded", "one that failed", "499 times, succeeded"]


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.0123, "12 ms"),
        (1.0, "1 s"),
        (1.254, "1.25 s"),
        (60, "1 min"),
        (125, "2 min 5 s"),
        (4800, "1 h 20 min"),
    ],
)
def test_a_duration_is_said_in_two_units_at_most(seconds: float, text: str) -> None:
    assert duration(seconds) == text
