"""What the pictures have in common: edges with their labels, and marks of what happened."""

from dataclasses import replace

from mailroom.console.graphs.icons import icon
from mailroom.console.graphs.layout import Layout, Way
from mailroom.console.graphs.svg import Element, element, head, line, part

NAME_SIZE = 13.0
KIND_SIZE = 11.0
LABEL_SIZE = 11.0
"""Sizes in pixels of text, as in `static/graphs.css`."""


LABEL_HEIGHT = 16.0
"""Height in pixels of a line of a label."""
_MARGIN = 14.0


def framed(layout: Layout) -> Layout:
    """A layout with a margin around it."""
    wide, high = layout.size
    moved = layout.moved(_MARGIN, _MARGIN)
    return replace(moved, size=(wide + 2 * _MARGIN, high + 2 * _MARGIN))


def draw_edge(
    id: str, kind: str, way: Way, label: str, *, count: str = "", class_: str = "", title: str = ""
) -> Element:
    """An edge with its arrow's head, its label and how often it was passed, `<id>-count`."""
    parts = [element("title", text=title)] if title else []
    parts += [
        element("path", class_="line", d=line(way.points)),
        element("path", class_="head", d=head(way.points)),
    ]
    x, y = way.label
    lines = [("label", f"{id}-label", label), ("count", f"{id}-count", count)]
    lines = [one for one in lines if one[2]]
    y += 4 - LABEL_HEIGHT * (len(lines) - 1) / 2
    for number, (kind_, line_id, text) in enumerate(lines):
        place = {"x": x, "y": y + LABEL_HEIGHT * number}
        parts.append(element("text", text=text, id=line_id, class_=kind_, **place))
    return part(id, element("g", *parts, class_=f"edge edge-{kind} {class_}".strip()))


def linked(inside: Element, href: str | None) -> Element:
    """An element, as a link if there is an address."""
    return element("a", inside, href=href) if href else inside


def draw_mark(status: str, x: float, y: float) -> Element:
    """A round mark of what happened, around a point. The form says it too, not the colour alone."""
    return element(
        "g",
        element("circle", cx=x - 4, cy=y + 4, r=9),
        icon(status, x - 12, y - 4),
        class_="mark",
    )
