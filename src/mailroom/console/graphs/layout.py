"""Where the nodes and edges of a layered graph stand. graphlay computes it."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Literal

import graphlay

from mailroom.console.graphs.svg import Point


@dataclass(frozen=True)
class Node:
    """A node before it has a place.

    Attributes:
        id: Its id.
        size: Width and height in pixels.
        first: Whether the graph is entered here: edges that lead back to it go upwards.
    """

    id: str
    size: Point
    first: bool = False


@dataclass(frozen=True)
class Edge:
    """An edge before it has a way.

    Attributes:
        id: Its id.
        source: The id of the node that it leaves.
        target: The id of the node that it leads to.
        label: Width and height in pixels of its label; zeros if it has none.
        weight: How much it is worth that it is short and straight.
    """

    id: str
    source: str
    target: str
    label: Point = (0.0, 0.0)
    weight: float = 1.0


@dataclass(frozen=True)
class Box:
    """A place: its upper left corner, width and height in pixels."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Way:
    """An edge's points from border to border, and the middle of its label."""

    points: tuple[Point, ...]
    label: Point


@dataclass(frozen=True)
class Layout:
    """A graph with its places: the picture's size, the nodes' boxes and the edges' ways by id."""

    size: Point
    boxes: dict[str, Box]
    ways: dict[str, Way]

    def moved(self, x: float, y: float) -> "Layout":
        """The same elsewhere."""
        boxes = {
            id: Box(box.x + x, box.y + y, box.width, box.height) for id, box in self.boxes.items()
        }
        ways = {
            id: Way(
                tuple((a + x, b + y) for a, b in way.points),
                (way.label[0] + x, way.label[1] + y),
            )
            for id, way in self.ways.items()
        }
        return Layout(self.size, boxes, ways)


def lay_out(
    nodes: Iterable[Node],
    edges: Iterable[Edge],
    direction: Literal["topbottom", "leftright"] = "topbottom",
) -> Layout:
    """Place nodes in layers along the direction of most edges; a cycle has edges that go back."""
    nodes, edges = list(nodes), list(edges)
    back = _back_edges(nodes, edges)
    graph = graphlay.Graph()
    for node in nodes:
        graph.node(node.id, width=node.size[0], height=node.size[1])
    for edge in edges:
        stops = [edge.source, edge.target]
        if _split(edge):
            graph.node(_label(edge), width=edge.label[0], height=edge.label[1])
            stops.insert(1, _label(edge))
        fields: dict[str, Any] = {"reverse_for_ranking": edge.id in back}
        if edge.source == edge.target:
            fields["label_size"] = {"width": edge.label[0], "height": edge.label[1]}
        for source, target in pairwise(stops):
            graph.edge(source, target, weight=edge.weight, **fields)
    options = {"direction": direction, "spacing": _SPACING[direction]}
    return _layout(nodes, edges, graphlay.layout(graph, options=options))


def _label(edge: Edge) -> str:
    return f"label of {edge.id}"


def _split(edge: Edge) -> bool:
    """Whether an edge goes through its label, which then has a place like a node."""
    return bool(edge.label[0]) and edge.source != edge.target


_SPACING = {
    "topbottom": {
        "layer_gap": 24.0,
        "node_gap": 16.0,
        "dummy_gap": 14.0,
    },
    "leftright": {"layer_gap": 20.0, "node_gap": 22.0},
}


def _back_edges(nodes: list[Node], edges: list[Edge]) -> set[str]:
    """Edges to a node that the way from the entry has passed: a depth-first search finds them."""
    leaving: dict[str, list[Edge]] = {node.id: [] for node in nodes}
    for edge in edges:
        leaving[edge.source].append(edge)
    back: set[str] = set()
    done: set[str] = set()
    for root in sorted(nodes, key=lambda node: not node.first):
        way = [root.id]
        left = [] if root.id in done else [iter(leaving[root.id])]
        while left:
            for edge in left[-1]:
                if edge.target in way:
                    back.add(edge.id)
                elif edge.target not in done:
                    way.append(edge.target)
                    left.append(iter(leaving[edge.target]))
                    break
            else:
                left.pop()
                done.add(way.pop())
    return back


def _layout(nodes: list[Node], edges: list[Edge], found: graphlay.Layout) -> Layout:
    placed = {id: _box(one) for id, one in zip(found.ids, found.nodes, strict=True)}
    routed = iter(found.edges)
    ways = {}
    for edge in edges:
        points = _points(next(routed))
        if _split(edge):
            points += _points(next(routed))
        label = placed.setdefault(_label(edge), _beside(points, edge.label))
        middle = (label.x + label.width / 2, label.y + label.height / 2)
        ways[edge.id] = Way(tuple(points), middle)
    corners = [(box.x, box.y) for box in placed.values()]
    corners += [(box.x + box.width, box.y + box.height) for box in placed.values()]
    corners += [point for way in ways.values() for point in way.points]
    left, top = min((x for x, _ in corners), default=0), min((y for _, y in corners), default=0)
    right, low = max((x for x, _ in corners), default=0), max((y for _, y in corners), default=0)
    boxes = {node.id: placed[node.id] for node in nodes}
    return Layout((right - left, low - top), boxes, ways).moved(-left, -top)


def _box(placed: dict[str, Any]) -> Box:
    centre, size = placed["center"], placed["size"]
    wide, high = size["width"], size["height"]
    return Box(centre["x"] - wide / 2, centre["y"] - high / 2, wide, high)


def _points(routed: dict[str, Any]) -> list[Point]:
    return [(point["x"], point["y"]) for point in routed["points"]]


def _beside(points: list[Point], label: Point) -> Box:
    """The label's box of an edge that leads back to its node: at the right of the loop."""
    if not label[0]:
        return Box(*points[0], 0, 0)
    right, middle = max(points)[0], (points[0][1] + points[-1][1]) / 2
    return Box(right + 4, middle - label[1] / 2, *label)
