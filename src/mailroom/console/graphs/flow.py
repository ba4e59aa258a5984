"""The way of a stack's messages as a picture: what they go through, and how many went along."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, Protocol

from mailroom.console.graphs.drawing import (
    KIND_SIZE,
    LABEL_HEIGHT,
    LABEL_SIZE,
    NAME_SIZE,
    draw_edge,
    framed,
    linked,
)
from mailroom.console.graphs.icons import icon
from mailroom.console.graphs.labels import cut, width
from mailroom.console.graphs.layout import Box, Edge, Layout, Node, lay_out
from mailroom.console.graphs.svg import Element, Picture, element, part, picture, slug

_LEFT, _RIGHT = 36.0, 14.0
_MOST_NAME = 220.0
_MOST_LABEL = 130.0
_COUNT = "99,999 · 999/s"
_STATE = "9,999 waiting · 999 in flight"
_HEIGHT = 68.0
_MOST_WIDTH = 1250.0
_KINDS = {"machine": "state machine", "dead-letter-queue": "dead-letter queue"}


class FlowNode(Protocol):
    """What messages go through. `kind` is one of `machine`, `function`, `topic`, `queue`,
    `dead-letter-queue`, `database`, `client`."""

    @property
    def id(self) -> str:
        """Its logical id, which is its name too."""

    @property
    def kind(self) -> str:
        """What it is."""


class FlowEdge(Protocol):
    """A way from one node to another."""

    @property
    def id(self) -> str:
        """Its id in the picture."""

    @property
    def source(self) -> str:
        """The id of the node that it leaves."""

    @property
    def target(self) -> str:
        """The id of the node that it leads to."""

    @property
    def label(self) -> str:
        """What goes along it, such as a subscription's filter; may be empty."""


@dataclass(frozen=True)
class NodeState:
    """How a node stands.

    Attributes:
        text: In words: `12 waiting · 3 in flight`.
        status: Whether something is wrong, such as a message in a dead-letter queue, or at work.
        age: How old its oldest message is: `oldest 12 s`.
    """

    text: str = ""
    status: Literal["idle", "busy", "bad"] = "idle"
    age: str = ""


_IDLE = NodeState()


def draw_flow(
    nodes: Iterable[FlowNode],
    edges: Iterable[FlowEdge],
    states: Mapping[str, NodeState] | None = None,
    counts: Mapping[str, str] | None = None,
    links: Mapping[str, str] | None = None,
    *,
    name: str = "The way of a message",
    id: str = "flow",
) -> Picture:
    """The picture of a stack's flow: downwards, or to the right where that would be too wide.

    Its parts are the nodes, `node-<id>`, their ages, `node-<id>-age`, and the edges, by their id; a
    node's state is the text `node-<id>-state`, an edge's count the text `<id>-count`. Places depend
    on what there is alone.

    Args:
        nodes: What messages go through.
        edges: Their ways.
        states: How each node stands, by its id.
        counts: How many went along each edge, by its id: `194 · 12/s`.
        links: Each node's address, by its id.
        name: The picture's title.
        id: The picture's id in its page.
    """
    nodes, edges = list(nodes), list(edges)
    states, counts, links = states or {}, counts or {}, links or {}
    kinds = {node.id: node.kind for node in nodes}
    layout = framed(_lay_out(tuple(nodes), tuple(edges)))
    drawn = [
        draw_edge(
            edge.id,
            "dead" if kinds[edge.target] == "dead-letter-queue" else "flow",
            layout.ways[edge.id],
            cut(edge.label, LABEL_SIZE, _MOST_LABEL),
            count=counts.get(edge.id, ""),
            class_="passed" if counts.get(edge.id) else "",
            title=f"{edge.source} to {edge.target}: {edge.label}".rstrip(": "),
        )
        for edge in edges
    ]
    drawn += [
        _draw_node(node, layout.boxes[node.id], states.get(node.id, _IDLE), links.get(node.id))
        for node in nodes
    ]
    drawn += [_draw_age(node, layout.boxes[node.id], states.get(node.id, _IDLE)) for node in nodes]
    return picture(id, layout.size, name, _description(nodes, states), drawn, "graph-flow")


# An open page draws its picture again and again; places depend on what there is alone.
@lru_cache(maxsize=8)
def _lay_out(nodes: tuple[FlowNode, ...], edges: tuple[FlowEdge, ...]) -> Layout:
    placed, ways = [_node(one) for one in nodes], [_edge(one) for one in edges]
    downwards = lay_out(placed, ways)
    return downwards if downwards.size[0] <= _MOST_WIDTH else lay_out(placed, ways, "leftright")


def _node(node: FlowNode) -> Node:
    name = width(_name(node), NAME_SIZE, bold=True)
    wide = max(name, width(_STATE if "queue" in node.kind else node.kind, KIND_SIZE))
    return Node(node.id, (wide + _LEFT + _RIGHT, _HEIGHT))


def _edge(edge: FlowEdge) -> Edge:
    text = cut(edge.label, LABEL_SIZE, _MOST_LABEL)
    wide = max(width(text, LABEL_SIZE), width(_COUNT, LABEL_SIZE)) + 8
    return Edge(edge.id, edge.source, edge.target, (wide, LABEL_HEIGHT * (2 if text else 1)))


def _name(node: FlowNode) -> str:
    return cut(node.id, NAME_SIZE, _MOST_NAME)


def _draw_node(node: FlowNode, box: Box, state: NodeState, href: str | None) -> Element:
    x, y = box.x + _LEFT, box.y
    id = f"node-{slug(node.id)}"
    kind = _KINDS.get(node.kind, node.kind).capitalize()
    drawn = element(
        "g",
        element("title", text=_sentence(node, state)),
        element("rect", class_="box", x=box.x, y=y, width=box.width, height=box.height, rx=8),
        icon(node.kind, box.x + 11, y + 12),
        element("text", text=kind, class_="kind", x=x, y=y + 18),
        element("text", text=_name(node), class_="name", x=x, y=y + 36),
        element("text", text=state.text, id=f"{id}-state", class_="state", x=x, y=y + 55),
        class_=f"node kind-{node.kind} is-{state.status}",
    )
    return part(id, linked(drawn, href))


def _draw_age(node: FlowNode, box: Box, state: NodeState) -> Element:
    """A part of its own, as it is another text each second, and its node stays as it is."""
    id, right = f"node-{slug(node.id)}-age", box.x + box.width - _RIGHT
    return part(id, element("text", text=state.age, class_="age", x=right, y=box.y + 18))


def _sentence(node: FlowNode, state: NodeState) -> str:
    return f"{node.id}: {_KINDS.get(node.kind, node.kind)}{', ' if state.text else ''}{state.text}"


def _description(nodes: list[FlowNode], states: Mapping[str, NodeState]) -> str:
    return " ".join(f"{_sentence(node, states.get(node.id, _IDLE))}." for node in nodes)
