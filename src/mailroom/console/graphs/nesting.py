"""The layout of states within states: from the innermost scopes outwards.

The Amazon States Language has no edge from a scope to another, so each is laid out on its own, and
what it takes is the size of the state that it is in.
"""

from collections.abc import Iterable

from mailroom.console.graphs.drawing import KIND_SIZE, LABEL_HEIGHT, LABEL_SIZE, NAME_SIZE
from mailroom.console.graphs.labels import cut, width, wrap
from mailroom.console.graphs.layout import Box, Edge, Layout, Node, lay_out
from mailroom.console.graphs.states import END, START, Machine, StateNode, Transition
from mailroom.console.graphs.svg import Point

DOT = 18.0
"""Diameter in pixels of the dots at the start and the end."""
LEFT = 34.0
"""Pixels from a state's left border to its text: room for its icon."""
RIGHT = 14.0
"""Pixels from a state's text to its right border."""
_COUNT = 58.0  # room for "×123 ↻12"
_MOST_NAME = 120.0
_MOST_LABEL = 130.0
_HEADER = {"Branch": 28.0}
_DEFAULT_HEADER = 46.0
_PADDING = 14.0
_GAP = 14.0
_MOST_ROW = 1800.0
_WEIGHTS = {"next": 4.0, "start": 4.0, "catch": 0.5}


def lay_out_machine(machine: Machine) -> Layout:
    """Places of all states, branches, dots and edges of a state machine."""
    return _scope(machine, None)


def name_lines(state: StateNode) -> list[str]:
    """A state's name as its picture has it."""
    if state.scope:
        return [cut(state.name, NAME_SIZE, 2 * _MOST_NAME)]
    return wrap(state.name, NAME_SIZE, _MOST_NAME, 3)


def kind_line(state: StateNode) -> str:
    """What a state calls or waits for, as its picture has it. An icon shows its type too."""
    if not state.detail or state.type in ("Wait", "Map"):
        text = f"{state.type} · {state.detail}".removesuffix(" · ")
    else:
        text = state.detail
    return cut(text, KIND_SIZE, _MOST_NAME)


def label_of(transition: Transition) -> str:
    """An edge's label as the picture has it."""
    return cut(transition.label, LABEL_SIZE, _MOST_LABEL)


def _scope(machine: Machine, parent: str | None) -> Layout:
    states = [one for one in machine.states if one.parent == parent]
    inside = {one.id: _scope(machine, one.id) for one in states if one.scope}
    nodes = [Node(one.id, _size(one, inside.get(one.id)), one.first) for one in states]
    if any(one.type == "Branch" for one in states):
        layout = _rows(nodes)
    else:
        edges = [one for one in machine.transitions if {one.source, one.target} & {*_ids(states)}]
        ends = {end for one in edges for end in (one.source, one.target)}
        nodes += [Node(dot, (DOT, DOT), first=dot == START) for dot in (START, END) if dot in ends]
        layout = lay_out(nodes, map(_edge, edges))
    for one in states:
        if one.scope:
            _insert(layout, one, inside[one.id])
    return layout


def _ids(states: Iterable[StateNode]) -> list[str]:
    return [one.id for one in states]


def _edge(transition: Transition) -> Edge:
    text = label_of(transition)
    label = (width(text, LABEL_SIZE) + 6, LABEL_HEIGHT) if text else (0.0, 0.0)
    weight = _WEIGHTS.get(transition.kind, 1.0)
    return Edge(transition.id, transition.source, transition.target, label, weight)


def _size(state: StateNode, inside: Layout | None) -> Point:
    lines = name_lines(state)
    names = max(width(line, NAME_SIZE, bold=True) for line in lines)
    wide = max(names, width(kind_line(state), KIND_SIZE) + _count(state)) + LEFT + RIGHT
    if inside is None:
        return wide, 34.0 + 16 * len(lines)
    high = _header(state) + inside.size[1] + _PADDING
    return max(wide, inside.size[0] + 2 * _PADDING), high


def _count(state: StateNode) -> float:
    """Room for how often it was entered and retried; most executions enter these once."""
    return 0.0 if state.type in ("Fail", "Succeed", "Branch") else _COUNT


def _header(state: StateNode) -> float:
    return _HEADER.get(state.type, _DEFAULT_HEADER)


def _insert(layout: Layout, state: StateNode, inside: Layout) -> None:
    box = layout.boxes[state.id]
    moved = inside.moved(box.x + (box.width - inside.size[0]) / 2, box.y + _header(state))
    layout.boxes.update(moved.boxes)
    layout.ways.update(moved.ways)


def _rows(nodes: list[Node]) -> Layout:
    """Nodes beside each other, in as many rows as it takes; those of a row are equally high."""
    rows: list[list[Node]] = [[]]
    room = _MOST_ROW
    for node in nodes:
        if rows[-1] and node.size[0] > room:
            rows.append([])
            room = _MOST_ROW
        rows[-1].append(node)
        room -= node.size[0] + _GAP
    boxes: dict[str, Box] = {}
    y = 0.0
    for row in rows:
        x, high = 0.0, max((node.size[1] for node in row), default=0.0)
        for node in row:
            boxes[node.id] = Box(x, y, node.size[0], high)
            x += node.size[0] + _GAP
        y += high + _GAP
    right = max((box.x + box.width for box in boxes.values()), default=0.0)
    return Layout((right, y - _GAP), boxes, {})
