"""Draws a run as a picture: rate, queues and memory over time."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from mailroom.load.sampling import Sample

_WIDTH, _HEIGHT = 1000, 260
_LEFT, _RIGHT, _TOP, _BOTTOM = 80, 20, 44, 34
_COLORS = ("#2563eb", "#ea580c", "#16a34a")
_TEXT, _LINES, _PAPER = "#334155", "#e2e8f0", "#ffffff"
# A rate is that of some samples: of one it would jump by the batches that Postgres commits.
_SAMPLES = 5

Series = Mapping[str, Sequence[float]]


def draw(samples: Sequence[Sample], path: Path) -> None:
    """Write a PNG with a panel each for rate, queues and memory."""
    times = [one.at for one in samples]
    memory = {name: [one.memory.get(name, 0.0) for one in samples] for name in samples[-1].memory}
    panels: list[tuple[str, Series]] = [
        (
            "messages per second",
            {
                "published": _rates(times, [one.published for one in samples]),
                "settled": _rates(times, [one.settled for one in samples]),
            },
        ),
        (
            "messages in the queues",
            {
                "waiting": [one.waiting for one in samples],
                "in flight": [one.in_flight for one in samples],
            },
        ),
        *([("memory, MB", memory)] if memory else []),
    ]
    image = Image.new("RGB", (_WIDTH, _HEIGHT * len(panels)), _PAPER)
    for number, (title, series) in enumerate(panels):
        _panel(ImageDraw.Draw(image), number * _HEIGHT, title, times, series)
    image.save(path, optimize=True)


def _rates(times: Sequence[float], counts: Sequence[int]) -> list[float]:
    rates = []
    for place, (at, count) in enumerate(zip(times, counts, strict=True)):
        before = max(0, place - _SAMPLES)
        elapsed = at - times[before]
        rates.append((count - counts[before]) / elapsed if elapsed else 0.0)
    return rates


def _panel(
    draw: ImageDraw.ImageDraw, top: int, title: str, times: Sequence[float], series: Series
) -> None:
    font = ImageFont.load_default(size=14)
    bottom, right = top + _HEIGHT - _BOTTOM, _WIDTH - _RIGHT
    highest = _round_up(max((max(values) for values in series.values()), default=0))
    last = max(times[-1], 1.0)
    for part in range(5):
        y = bottom - (bottom - top - _TOP) * part / 4
        draw.line([(_LEFT, y), (right, y)], _LINES)
        draw.text((_LEFT - 8, y), f"{highest * part / 4:,.0f}", _TEXT, font, anchor="rm")
        x = _LEFT + (right - _LEFT) * part / 4
        anchor = "rm" if part == 4 else "mm"
        draw.text((x, bottom + 14), f"{last * part / 4:,.0f} s", _TEXT, font, anchor=anchor)
    draw.text((_LEFT, top + 20), title, _TEXT, font, anchor="lm")
    x = right
    for color, (name, values) in zip(_COLORS, series.items(), strict=False):
        points = [
            (
                _LEFT + (right - _LEFT) * at / last,
                bottom - (bottom - top - _TOP) * value / highest,
            )
            for at, value in zip(times, values, strict=True)
        ]
        if len(points) > 1:
            draw.line(points, color, width=2, joint="curve")
        draw.text((x, top + 20), name, color, font, anchor="rm")
        x -= int(draw.textlength(name, font)) + 20


def _round_up(value: float) -> float:
    """The next number of one digit and zeros, or of 1.5, 2.5 and the like."""
    step = 10.0 ** (len(str(int(value))) - 1) / 2
    return max(1.0, -(-value // step) * step)
