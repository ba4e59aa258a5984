"""SVG elements. ElementTree escapes what they contain, so names and labels may hold anything."""

import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from xml.etree import ElementTree
from xml.sax.saxutils import escape

Element = ElementTree.Element
Point = tuple[float, float]

_CONTROL = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_CORNER = 7.0
_HEAD = 7.0
# A picture of at most this width in pixels may be shown smaller, so that all of it is seen.
_SHRINKS = 1700.0


def element(
    tag: str, *children: Element, text: str | None = None, **attributes: str | float | None
) -> Element:
    """An element. `class_` is the attribute `class`, and `_` in a name stands for `-`."""
    made = ElementTree.Element(tag)
    for name, value in attributes.items():
        if value is not None:
            made.set(name.rstrip("_").replace("_", "-"), _value(value))
    made.text = None if text is None else _CONTROL.sub("\N{REPLACEMENT CHARACTER}", text)
    made.extend(children)
    return made


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawn picture.

    Attributes:
        markup: The whole of it, an `svg` element.
        parts: What is inside the elements that may change while the picture is shown, by their id.
            Each has the attribute `sse-swap`, by which htmx finds it.
        description: What it shows, in words.
    """

    markup: str
    parts: dict[str, str]
    description: str

    def __str__(self) -> str:
        return self.description


def part(id: str, *inside: Element) -> Element:
    """An element that may change while its picture is shown: what is inside is sent again."""
    return element("g", *inside, id=id, sse_swap=id)


def picture(
    id: str, size: Point, title: str, description: str, drawn: Sequence[Element], class_: str
) -> Picture:
    """A whole picture with its text alternatives. With links inside it is a group, not an image."""
    wide, high = size
    described = f"{id}-desc"
    made = element(
        "svg",
        element("title", text=title, id=f"{id}-title"),
        element("desc", text=description, id=described, sse_swap=described),
        *drawn,
        id=id,
        class_=f"graph {class_}",
        role="group" if any(one.find(".//a") is not None for one in drawn) else "img",
        aria_labelledby=f"{id}-title",
        aria_describedby=described,
        width=wide,
        height=high,
    )
    if wide <= _SHRINKS:
        made.set("class", f"graph {class_} shrinks")
    made.set("viewBox", f"0 0 {_value(wide)} {_value(high)}")
    made.set("xmlns", "http://www.w3.org/2000/svg")
    parts = {one.attrib["id"]: _inside(one) for one in made.iter() if "sse-swap" in one.attrib}
    return Picture(_text(made), parts, description)


def _inside(drawn: Element) -> str:
    return escape(drawn.text or "") + "".join(map(_text, drawn))


def _text(drawn: Element) -> str:
    return ElementTree.tostring(drawn, encoding="unicode")


def slug(name: str) -> str:
    """A part of an id: the name if it may be one, else what may stay of it and a checksum."""
    kept = re.sub(r"[^A-Za-z0-9_-]+", "-", name).strip("-")
    return kept if kept == name else f"{kept}-{zlib.crc32(name.encode()):08x}".lstrip("-")


def line(points: Sequence[Point]) -> str:
    """The path of a line with rounded corners, which ends where its arrow's head begins."""
    way = [*points[:-1], _toward(points[-1], points[-2], _HEAD - 1)]
    path = f"M{_xy(way[0])}"
    for before, corner, after in zip(way, way[1:], way[2:], strict=False):
        reach = min(_CORNER, _distance(before, corner) / 2, _distance(corner, after) / 2)
        start, end = _toward(corner, before, reach), _toward(corner, after, reach)
        path += f"L{_xy(start)}Q{_xy(corner)} {_xy(end)}"
    return f"{path}L{_xy(way[-1])}"


def head(points: Sequence[Point]) -> str:
    """The path of an arrow's head at a line's end."""
    tip = points[-1]
    base = _toward(tip, points[-2], _HEAD)
    across = ((base[1] - tip[1]) * 0.55, (tip[0] - base[0]) * 0.55)
    left = (base[0] + across[0], base[1] + across[1])
    right = (base[0] - across[0], base[1] - across[1])
    return f"M{_xy(tip)}L{_xy(left)}L{_xy(right)}Z"


def _value(value: str | float) -> str:
    if isinstance(value, str):
        return _CONTROL.sub("\N{REPLACEMENT CHARACTER}", value)
    return f"{value:.1f}".removesuffix(".0")


def _xy(point: Point) -> str:
    return f"{_value(point[0])} {_value(point[1])}"


def _distance(a: Point, b: Point) -> float:
    return float(((a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2) ** 0.5)


def _toward(start: Point, end: Point, by: float) -> Point:
    distance = _distance(start, end) or 1.0
    part = min(1.0, by / distance)
    return start[0] + (end[0] - start[0]) * part, start[1] + (end[1] - start[1]) * part
