"""Any state machine as a picture."""

import json
from itertools import combinations
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailroom.console.graphs.layout import Box
from mailroom.console.graphs.nesting import lay_out_machine
from mailroom.console.graphs.state_machine import Run, StateRun, draw_machine
from mailroom.console.graphs.states import read_machine

OURS = json.loads((Path(__file__).parents[4] / "infra" / "asl.json").read_text())
ORDER: dict[str, Any] = {
    "StartAt": "Read the order",
    "States": {
        "Read the order": {
            "Type": "Task",
            "Resource": "arn:aws:lambda:eu-west-1:123456789012:function:read-order",
            "Retry": [{"ErrorEquals": ["States.Timeout"], "MaxAttempts": 2}],
            "Catch": [
                {"ErrorEquals": ["Order.Invalid", "Order.Expired"], "Next": "Refuse"},
                {"ErrorEquals": ["States.ALL"], "Next": "Ask"},
            ],
            "Next": "What is it?",
        },
        "What is it?": {
            "Type": "Choice",
            "Choices": [
                {"Variable": "$.order.total", "NumericGreaterThan": 1000, "Next": "Ask"},
                {"Variable": "$.again", "BooleanEquals": True, "Next": "Read the order"},
                {"Variable": "$.unread", "IsNull": True, "Next": "What is it?"},
            ],
            "Default": "Each line",
        },
        "Ask": {
            "Type": "Task",
            "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
            "Next": "Each line",
        },
        "Each line": {
            "Type": "Map",
            "MaxConcurrency": 10,
            "ItemProcessor": {
                "StartAt": "Both",
                "States": {
                    "Both": {
                        "Type": "Parallel",
                        "Branches": [
                            {"StartAt": "Pack", "States": {"Pack": {"Type": "Pass", "End": True}}},
                            {"StartAt": "Stamp", "States": {"Stamp": {"Type": "Succeed"}}},
                        ],
                        "End": True,
                    }
                },
            },
            "Next": "Pause",
        },
        "Pause": {"Type": "Wait", "Seconds": 30, "Next": "Done"},
        "Done": {"Type": "Succeed"},
        "Refuse": {"Type": "Fail", "Error": "Refused"},
    },
}


def drawn(definition: dict[str, Any], run: Run | None = None) -> ElementTree.Element:
    return ElementTree.fromstring(draw_machine(definition, *([run] if run else [])).markup)


def by_id(picture: ElementTree.Element) -> dict[str, ElementTree.Element]:
    return {one.attrib["id"]: one for one in picture.iter() if "id" in one.attrib}


def looks(picture: ElementTree.Element) -> dict[str, str]:
    """The class of what is inside each part, by the part's id."""
    return {
        one.attrib["id"]: one[0].get("class", "")
        for one in picture.iter()
        if "sse-swap" in one.attrib and len(one)
    }


def texts(element: ElementTree.Element) -> list[str]:
    return [one.text or "" for one in element.iter() if one.tag.endswith("}text")]


def test_each_state_and_each_edge_has_an_element_with_an_id_of_its_own() -> None:
    picture = drawn(OURS)

    ids = [one.attrib["id"] for one in picture.iter() if "id" in one.attrib]
    assert len(ids) == len(set(ids))
    assert {
        *("state-PublishMessages", "state-ProcessAlerts", "state-start", "state-end"),
        *("edge-PublishMessages-next", "edge-PublishMessages-catch-0", "edge-BatchSettled-end"),
        *("edge-AreAlertsSettled-choice-1", "edge-AreAlertsSettled-default"),
    } <= set(ids)


def test_a_name_that_cannot_be_an_id_gets_one() -> None:
    one, other = (
        {"StartAt": name, "States": {name: {"Type": "Succeed"}}} for name in ("a b", "a:b")
    )

    first, second = set(by_id(drawn(one))), set(by_id(drawn(other)))

    assert all(" " not in id and ":" not in id for id in first | second)
    assert first != second


def test_places_depend_on_the_definition_alone() -> None:
    run = Run({"Read the order": StateRun("failed", 3, 2, "Order.Invalid")}, {})

    before, after = drawn(ORDER), drawn(ORDER, run)

    assert before.attrib["viewBox"] == after.attrib["viewBox"]
    boxes = [
        [one.attrib for one in picture.iter() if one.attrib.get("class") == "box"]
        for picture in (before, after)
    ]
    assert boxes[0] == boxes[1]


def test_a_state_says_what_happened_in_it_by_class_by_mark_and_in_words() -> None:
    run = Run(
        {
            "Read the order": StateRun("caught", 2, 3, "Order.Invalid"),
            "Refuse": StateRun("failed"),
        },
        {(None, "Read the order"): 1, ("Read the order", "Refuse"): 1},
    )

    picture = drawn(ORDER, run)

    ids = by_id(picture)
    refused = next(id for id in ids if id.startswith("state-Read-the-order") and "count" not in id)
    assert "status-caught" in looks(picture)[refused]
    assert ids[f"{refused}-count"].text == "×2 ↻3"
    assert any(one.attrib.get("class") == "mark" for one in ids[refused][0])
    assert "status" not in looks(picture)["state-Ask"]
    description = picture.find("{*}desc")
    assert description is not None
    words = "Read the order: Task, caught; entered 2 times; 3 retries; Order.Invalid."
    assert words in (description.text or "")


def test_only_the_catch_that_was_taken_is_marked() -> None:
    run = Run(
        {"Read the order": StateRun("caught")},
        {("Read the order", "Refuse"): 1, (None, "Read the order"): 1},
    )

    taken = {id for id, look in looks(drawn(ORDER, run)).items() if "taken" in look}

    assert len(taken) == 2
    assert "edge-start" in taken
    assert any(id.endswith("-catch-0") for id in taken)


def test_what_changed_is_in_the_parts_that_changed() -> None:
    before = draw_machine(ORDER, Run({"Ask": StateRun("running")}, {})).parts
    after = draw_machine(
        ORDER, Run({"Ask": StateRun("succeeded")}, {("Ask", "Each line"): 1})
    ).parts

    changed = {id for id in before if before[id] != after[id]}

    assert before.keys() == after.keys()
    assert changed == {"machine-desc", "state-Ask", "edge-Ask-next"}


def test_labels_say_when_an_edge_is_taken() -> None:
    found = texts(drawn(ORDER))

    assert {"total > 1000", "again = true", "unread is null", "otherwise"} <= set(found)
    assert {"catch any error", "read-order", "Wait · 30 s", "Map · 10 at once"} <= set(found)


@pytest.mark.parametrize("definition", [OURS, ORDER], ids=["ours", "order"])
def test_states_do_not_overlap_and_scopes_contain_theirs(definition: dict[str, Any]) -> None:
    machine = read_machine(definition)

    boxes = lay_out_machine(machine).boxes

    for one, other in combinations(machine.states, 2):
        if one.parent == other.parent:
            assert not _overlap(boxes[one.id], boxes[other.id]), (one.name, other.name)
    for one in machine.states:
        assert one.parent is None or _inside(boxes[one.id], boxes[one.parent]), one.name


@pytest.mark.parametrize("definition", [OURS, ORDER], ids=["ours", "order"])
def test_the_state_that_a_scope_starts_with_is_above_the_others(
    definition: dict[str, Any],
) -> None:
    machine = read_machine(definition)

    boxes = lay_out_machine(machine).boxes

    for one in machine.states:
        if one.first:
            others = [boxes[other.id].y for other in machine.states if other.parent == one.parent]
            assert boxes[one.id].y == min(others)


def test_a_name_with_markup_is_shown_as_text() -> None:
    name = '<script>alert("&")</script>\x00'
    definition = {"StartAt": name, "States": {name: {"Type": "Succeed"}}}

    markup = draw_machine(definition, name=name).markup

    assert "<script" not in markup
    title = ElementTree.fromstring(markup).find("{*}title")
    assert title is not None
    assert title.text == '<script>alert("&")</script>\N{REPLACEMENT CHARACTER}'


@pytest.mark.parametrize(
    "definition",
    [
        {},
        {"StartAt": "A", "States": {}},
        {"StartAt": "Missing", "States": {"A": {"Type": "Pass", "Next": "Missing too"}}},
        {"StartAt": "A", "States": {"A": {}, "B": "not a state"}},
        {"StartAt": "A", "States": {"A": {"Type": "Parallel", "Branches": []}}},
        {"StartAt": "A", "States": {"A": {"Type": "Choice", "Choices": [{}, 3], "Catch": {}}}},
    ],
)
def test_a_definition_that_step_functions_would_refuse_is_drawn_as_far_as_it_goes(
    definition: dict[str, Any],
) -> None:
    assert drawn(definition).tag.endswith("svg")


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 11), st.integers(0, 11), st.booleans()), min_size=1, max_size=30
    )
)
def test_any_graph_is_drawn_with_all_of_its_edges(edges: list[tuple[int, int, bool]]) -> None:
    states: dict[str, Any] = {
        f"S{number}": {"Type": "Choice", "Choices": []} for number in range(12)
    }
    for source, target, null in edges:
        rule = {"Variable": "$.a", "IsNull": null, "Next": f"S{target}"}
        states[f"S{source}"]["Choices"].append(rule)

    picture = drawn({"StartAt": "S0", "States": states})

    found = [one for one in picture.iter() if "edge-choice" in one.get("class", "")]
    assert len(found) == len(edges)


def _overlap(a: Box, b: Box) -> bool:
    return (
        a.x < b.x + b.width
        and b.x < a.x + a.width
        and a.y < b.y + b.height
        and b.y < a.y + a.height
    )


def _inside(a: Box, b: Box) -> bool:
    return (
        b.x <= a.x
        and a.x + a.width <= b.x + b.width
        and b.y <= a.y
        and a.y + a.height <= b.y + b.height
    )
