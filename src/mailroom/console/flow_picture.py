"""Where the nodes of a flow stand in its picture: in columns along the way of a message."""

from dataclasses import dataclass
from functools import cache

from mailroom.console.flow_model import Edge, FlowModel

WIDTH, HEIGHT = 178, 54
_COLUMN, _ROW = 236, 78
_MARGIN = 14


@dataclass(frozen=True)
class Place:
    """A node's upper left corner in pixels."""

    x: int
    y: int


@dataclass(frozen=True)
class Picture:
    """A picture: its size in pixels, the nodes' places, and the edges as paths with labels."""

    width: int
    height: int
    places: dict[str, Place]
    paths: dict[str, tuple[str, float, float]]


def picture(flow: FlowModel) -> Picture:
    """Place a flow's nodes, and draw its edges."""
    columns: dict[int, list[str]] = {}
    for id, column in _columns(flow).items():
        columns.setdefault(column, []).append(id)
    tallest = max((len(ids) for ids in columns.values()), default=1)
    places = {}
    for column, ids in columns.items():
        above = (tallest - len(ids)) * _ROW // 2
        for row, id in enumerate(ids):
            places[id] = Place(_MARGIN + column * _COLUMN, _MARGIN + above + row * _ROW)
    width = 2 * _MARGIN + max(columns, default=0) * _COLUMN + WIDTH
    height = 2 * _MARGIN + tallest * _ROW - (_ROW - HEIGHT)
    paths = {edge.id: _path(places[edge.source], places[edge.target]) for edge in flow.edges}
    return Picture(width, height, places, paths)


def _columns(flow: FlowModel) -> dict[str, int]:
    """The length of the longest way to each node; edges of a cycle don't count."""
    before: dict[str, list[Edge]] = {id: [] for id in flow.nodes}
    for edge in flow.edges:
        before[edge.target].append(edge)

    @cache
    def depth(id: str, seen: frozenset[str] = frozenset()) -> int:
        ways = [one.source for one in before[id] if one.source not in seen | {id}]
        return max((1 + depth(one, seen | {id}) for one in ways), default=0)

    return {id: depth(id) for id in flow.nodes}


def _path(a: Place, b: Place) -> tuple[str, float, float]:
    x1, y1, x2, y2 = float(a.x + WIDTH), a.y + HEIGHT / 2, float(b.x), b.y + HEIGHT / 2
    if x2 <= a.x:
        x1, x2 = a.x + WIDTH / 2, b.x + WIDTH / 2
        y1, y2 = float(a.y + HEIGHT), float(b.y + HEIGHT)
        low = max(y1, y2) + 28
        return f"M{x1} {y1}C{x1} {low} {x2} {low} {x2} {y2}", (x1 + x2) / 2, low - 8
    half = (x2 - x1) / 2
    path = f"M{x1} {y1}C{x1 + half:.0f} {y1} {x2 - half:.0f} {y2} {x2} {y2}"
    return path, (x1 + x2) / 2, (y1 + y2) / 2 - 5
