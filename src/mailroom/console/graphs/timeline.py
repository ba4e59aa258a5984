"""What happened when: a row for each state, with a bar for each time that it was at work."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from mailroom.console.graphs.drawing import KIND_SIZE, linked
from mailroom.console.graphs.labels import cut
from mailroom.console.graphs.svg import Element, Picture, element, part, picture

_LABEL = 230.0
_INDENT = 14.0
_ROW = 26.0
_AXIS = 30.0
_MARGIN = 14.0
_LEAST_BAR = 3.0
_TICKS = 8
_STEPS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 28800, 86400)


@dataclass(frozen=True)
class Bar:
    """A time at work.

    Attributes:
        start: Seconds since the timeline's start.
        end: Likewise; the timeline's end for what still runs.
        status: `running`, `succeeded`, `failed`, `caught`, `timed-out`, `aborted` or `waiting`.
        title: What to say of it.
        inner: Whether it is a part of another bar: an invocation in a state.
    """

    start: float
    end: float
    status: str
    title: str = ""
    inner: bool = False


@dataclass(frozen=True)
class Row:
    """A row of the timeline.

    Attributes:
        id: Its id in the picture.
        label: What it is about.
        bars: Its bars; inner ones after those that they are in.
        depth: How far its label is indented.
        href: The address of what there is to see of it; None for no link.
    """

    id: str
    label: str
    bars: tuple[Bar, ...]
    depth: int = 0
    href: str | None = None


def draw_timeline(
    rows: Iterable[Row],
    seconds: float,
    *,
    running: bool = False,
    width: float = 1180.0,
    name: str = "Timeline",
    id: str = "timeline",
) -> Picture:
    """The picture of a timeline. Its parts are the rows.

    Args:
        rows: From the top to the bottom.
        seconds: How long all of it took until now.
        running: Whether it goes on: then its end is rounded up, so that it isn't scaled each time.
        width: Its width in pixels.
        name: The picture's title.
        id: The picture's id in its page.
    """
    rows = list(rows)
    step = _step(seconds)
    end = max((int(seconds / step) + 1) * step if running else seconds, 0.001)
    scale = (width - _LABEL - 2 * _MARGIN) / end
    high = _AXIS + _ROW * len(rows) + _MARGIN
    drawn = [*_axis(end, step, scale, high)]
    for number, row in enumerate(rows):
        drawn.append(_draw_row(row, _AXIS + _ROW * number, scale, width))
    return picture(id, (width, high), name, _description(rows), drawn, "graph-timeline")


def duration(seconds: float) -> str:
    """A duration in words: `12 ms`, `1.25 s`, `2 min 5 s`, `1 h 20 min`."""
    if seconds < 0.9995:
        return f"{seconds * 1000:.0f} ms"
    if seconds < 59.95:
        return f"{seconds:.2f}".rstrip("0").rstrip(".") + " s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest} s" if rest else f"{minutes} min"
    return f"{minutes // 60} h {minutes % 60} min"


def _step(seconds: float) -> float:
    """Seconds between two ticks."""
    least = max(seconds, 0.001) / _TICKS
    fractions = [number / 10**power for power in (4, 3, 2, 1) for number in (1, 2, 5)]
    wide = [*fractions, *_STEPS]
    return next((step for step in wide if step >= least), 86400 * (int(least / 86400) + 1))


def _axis(end: float, step: float, scale: float, high: float) -> Iterator[Element]:
    for number in range(int(end / step + 0.001) + 1):
        x = _MARGIN + _LABEL + number * step * scale
        yield element("path", class_="grid", d=f"M{x:.1f} {_AXIS - 6}V{high - _MARGIN / 2}")
        anchor = "end" if end - number * step < step / 2 else "middle"
        yield element(
            "text",
            text=duration(number * step) if number else "0",
            class_=f"tick {anchor}",
            x=x,
            y=_AXIS - 12,
        )


def _draw_row(row: Row, y: float, scale: float, width: float) -> Element:
    left = _MARGIN + row.depth * _INDENT
    label = cut(row.label, KIND_SIZE + 1, _LABEL - row.depth * _INDENT - 8)
    text = element("text", text=label, class_="row-label", x=left, y=y + 17)
    stripe = element(
        "rect", class_="stripe", x=_MARGIN / 2, y=y, width=width - _MARGIN, height=_ROW, rx=4
    )
    bars = [_draw_bar(bar, y, scale) for bar in _merged(row.bars, _LEAST_BAR / scale)]
    inside = element("g", element("title", text=row.label), stripe, text, *bars, class_="row")
    return part(row.id, linked(inside, row.href))


def _draw_bar(bar: Bar, y: float, scale: float) -> Element:
    x = _MARGIN + _LABEL + bar.start * scale
    wide = max((bar.end - bar.start) * scale, _LEAST_BAR)
    top, high = (y + 9, _ROW - 18) if bar.inner else (y + 5, _ROW - 10)
    return element(
        "rect",
        element("title", text=bar.title or bar.status),
        class_=f"bar {'inner ' if bar.inner else ''}status-{bar.status}",
        x=x,
        y=top,
        width=wide,
        height=high,
        rx=3,
    )


def _merged(bars: Sequence[Bar], least: float) -> Iterator[Bar]:
    """Bars, but one for those of a kind that couldn't be told apart: a Map may have thousands."""
    for inner in (False, True):
        last: Bar | None = None
        count = 1
        kind = [bar for bar in bars if bar.inner is inner]
        for bar in sorted(kind, key=lambda bar: (bar.start, bar.end)):
            close = last is not None and bar.start - last.end < least / 3
            small = last is not None and (bar.end - bar.start < least or bar.end <= last.end)
            if last and close and small and bar.status == last.status:
                count += 1
                title = f"{count} times, {last.status}"
                last = replace(last, end=max(last.end, bar.end), title=title)
                continue
            if last:
                yield last
            last, count = bar, 1
        if last:
            yield last


def _description(rows: list[Row]) -> str:
    return ". ".join(f"{row.label}: {', '.join(_said(row))}" for row in rows)


def _said(row: Row) -> list[str]:
    return [bar.title or bar.status for bar in row.bars[:5] if not bar.inner]
