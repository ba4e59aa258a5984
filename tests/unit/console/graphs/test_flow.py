"""The picture of what messages go through."""

from dataclasses import dataclass
from itertools import combinations
from xml.etree import ElementTree

import pytest

from mailroom.console.graphs.flow import NodeState, draw_flow


@dataclass(frozen=True)
class Node:
    id: str
    kind: str


@dataclass(frozen=True)
class Edge:
    source: str
    target: str
    label: str = ""

    @property
    def id(self) -> str:
        return f"edge-{self.source}-{self.target}"


def stack(types: int) -> tuple[list[Node], list[Edge]]:
    nodes = [Node("Topic", "topic"), Node("Process", "function"), Node("Postgres", "database")]
    edges = [Edge("Process", "Postgres", "one transaction")]
    for number in range(types):
        queue, dead = f"Queue{number}", f"DeadLetterQueue{number}"
        nodes += [Node(queue, "queue"), Node(dead, "dead-letter-queue")]
        edges += [Edge("Topic", queue, f"type{number}"), Edge(queue, "Process")]
        edges += [Edge(queue, dead, "received too often"), Edge("Process", dead)]
    return nodes, edges


def by_id(markup: str) -> dict[str, ElementTree.Element]:
    picture = ElementTree.fromstring(markup)
    return {one.attrib["id"]: one for one in picture.iter() if "id" in one.attrib}


def test_counts_and_states_are_texts_with_ids_of_their_own() -> None:
    nodes, edges = stack(1)

    picture = draw_flow(
        nodes,
        edges,
        states={"DeadLetterQueue0": NodeState("3 waiting", "bad")},
        counts={"edge-Topic-Queue0": "194 · 12/s"},
    )

    ids = by_id(picture.markup)
    assert ids["edge-Topic-Queue0-count"].text == "194 · 12/s"
    assert ids["edge-Topic-Queue0-label"].text == "type0"
    assert ids["node-DeadLetterQueue0-state"].text == "3 waiting"
    assert "is-bad" in ids["node-DeadLetterQueue0"][0].attrib["class"]
    assert "DeadLetterQueue0: dead-letter queue, 3 waiting." in (ids["flow-desc"].text or "")


def test_a_count_that_changes_moves_nothing_and_changes_one_part() -> None:
    nodes, edges = stack(2)
    before, after = (
        draw_flow(nodes, edges, counts={"edge-Topic-Queue1": count}) for count in ("1", "99,999")
    )

    changed = {id for id, part in before.parts.items() if after.parts[id] != part}

    assert changed == {"edge-Topic-Queue1"}


@pytest.mark.parametrize("types", [0, 2, 30])
def test_no_node_covers_another_however_many_types_there_are(types: int) -> None:
    ids = by_id(draw_flow(*stack(types)).markup)

    boxes = [
        [float(one.attrib[name]) for name in ("x", "y", "width", "height")]
        for id, node in ids.items()
        if id.startswith("node-")
        for one in node.iter()
        if one.get("class") == "box"
    ]
    assert len(boxes) == 3 + 2 * types
    for (ax, ay, aw, ah), (bx, by, bw, bh) in combinations(boxes, 2):
        assert ax + aw <= bx or bx + bw <= ax or ay + ah <= by or by + bh <= ay


def test_a_node_with_an_address_is_a_link_and_the_picture_then_a_group() -> None:
    nodes, edges = stack(1)

    picture = ElementTree.fromstring(draw_flow(nodes, edges, links={"Queue0": "/q/0"}).markup)

    assert [one.attrib["href"] for one in picture.iter() if one.tag.endswith("}a")] == ["/q/0"]
    assert picture.attrib["role"] == "group"
    assert ElementTree.fromstring(draw_flow(nodes, edges).markup).attrib["role"] == "img"


def test_an_empty_stack_has_an_empty_picture() -> None:
    assert draw_flow([], []).parts.keys() == {"flow-desc"}
