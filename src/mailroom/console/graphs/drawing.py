"""What the pictures have in common: edges with their labels, and marks of what happened."""

from dataclasses import replace

from mailroom.console.graphs.icons import icon
from mailroom.console.graphs.layout import Layout, Way
from mailroom.console.graphs.svg import Element, element, head, line

NAME_SIZE = 13.0
KIND_SIZE = 11.0
LABEL_SIZE = 11.0
"""Sizes in pixels of text, as in `static/graphs.css`."""


_MARGIN = 14.0


def framed(layout: Layout) -> Layout:
    """A layout with a margin around it."""
    wide, high = layout.size
    moved = layout.moved(_MARGIN, _MARGIN)
    return replace(moved, size=(wide + 2 * _MARGIN, high + 2 * _MARGIN))


def draw_edge(
    id: str, kind: str, way: Way, label: str, *, taken: bool = False, title: str = ""
) -> Element:
    """An edge with its arrow's head, and its label as the text `<id>-label`."""
    parts = [element("title", text=title)] if title else []
    parts += [
        element("path", class_="line", d=line(way.points)),
        element("path", class_="head", d=head(way.points)),
    ]
    if label:
        x, y = way.label
        parts.append(element("text", text=label, id=f"{id}-label", class_="label", x=x, y=y + 4))
    return element("g", *parts, id=id, class_=f"edge edge-{kind}{' taken' if taken else ''}")


def draw_mark(status: str, x: float, y: float) -> Element:
    """A round mark of what happened, around a point. The form says it too, not the colour alone."""
    return element(
        "g",
        element("circle", cx=x - 4, cy=y + 4, r=9),
        icon(status, x - 12, y - 4),
        class_="mark",
    )
