"""A state machine as a picture, coloured by what happened in an execution."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from mailroom.console.graphs.drawing import draw_edge, draw_mark, framed, linked
from mailroom.console.graphs.icons import icon
from mailroom.console.graphs.layout import Box
from mailroom.console.graphs.nesting import (
    DOT,
    LEFT,
    RIGHT,
    kind_line,
    label_of,
    lay_out_machine,
    name_lines,
)
from mailroom.console.graphs.states import END, START, Machine, StateNode, read_machine
from mailroom.console.graphs.svg import Element, Picture, element, part, picture

Status = Literal["running", "succeeded", "failed", "caught", "timed-out", "aborted"]


@dataclass(frozen=True)
class StateRun:
    """What happened in a state during an execution.

    Attributes:
        status: How it stands; `caught` is a failure that a Catch took.
        entered: How many times it was entered.
        retried: How many times its work was tried again.
        note: What to say besides, such as an error's name.
    """

    status: Status
    entered: int = 1
    retried: int = 0
    note: str = ""


@dataclass(frozen=True)
class Run:
    """What happened in an execution: by state, and how often each pair of states was passed.

    The states' names; the pair's first is None at the start, its second is None at the end.
    """

    states: Mapping[str, StateRun]
    passed: Mapping[tuple[str | None, str | None], int]


_NOT_RUN = Run({}, {})


def draw_machine(
    definition: dict[str, Any],
    run: Run = _NOT_RUN,
    *,
    name: str = "State machine",
    id: str = "machine",
    link: Callable[[str], str | None] = lambda name: None,
) -> Picture:
    """The picture of any state machine.

    Its parts are states, `state-<name>`, and edges, `edge-<name>-<kind>`; how often a state was
    entered and retried is the text `state-<name>-count`. Where nothing happened there is
    no class `status-…` and no class `taken`. Places depend on the definition alone.

    Args:
        definition: In the Amazon States Language.
        run: What happened in an execution.
        name: The state machine's name.
        id: The picture's id in its page.
        link: The address of what there is to see of a state, by its name; None for no link.
    """
    machine = read_machine(definition)
    layout = framed(lay_out_machine(machine))
    states = {one.id: one for one in machine.states}
    drawn = [
        _draw_state(one, layout.boxes[one.id], run.states.get(one.name), link(one.name))
        for one in machine.states
    ]
    drawn += [_draw_dot(dot, layout.boxes[dot]) for dot in (START, END) if dot in layout.boxes]
    for one in machine.transitions:
        ends = (_name(states, one.source), _name(states, one.target))
        taken = run.passed.get(ends, 0) if _may_be(one.kind, run.states.get(ends[0] or "")) else 0
        label, way = label_of(one), layout.ways[one.id]
        class_ = "taken" if taken else ""
        drawn.append(draw_edge(one.id, one.kind, way, label, class_=class_, title=one.label))
    description = _description(machine, run)
    return picture(id, layout.size, name, description, drawn, "graph-machine")


def _may_be(kind: str, run: StateRun | None) -> bool:
    """Whether a passage from a state may have been by an edge of a kind."""
    return kind != "catch" or (run is not None and run.status == "caught")


def _name(states: dict[str, StateNode], id: str) -> str | None:
    return states[id].name if id in states else None


def _draw_state(state: StateNode, box: Box, run: StateRun | None, href: str | None) -> Element:
    parts = [
        element("title", text=_sentence(state, run)),
        element("rect", class_="box", x=box.x, y=box.y, width=box.width, height=box.height, rx=8),
    ]
    if state.type == "Branch":
        parts.append(_text("kind", state.name, box.x + 14, box.y + 19))
    else:
        parts.append(icon(state.type, box.x + 10, box.y + 11))
        parts.append(_text("kind", kind_line(state), box.x + LEFT, box.y + 18))
        for number, line in enumerate(name_lines(state)):
            parts.append(_text("name", line, box.x + LEFT, box.y + 36 + 16 * number))
        counted = _text("count", _count(state, run), box.x + box.width - RIGHT, box.y + 18)
        counted.set("id", f"{state.id}-count")
        parts.append(counted)
    if run:
        parts.append(draw_mark(run.status, box.x + box.width, box.y))
    classes = f"node type-{state.type.lower()}{' scope' if state.scope else ''}"
    status = f" status-{run.status}" if run else ""
    address = None if state.type == "Branch" else href
    return part(state.id, linked(element("g", *parts, class_=classes + status), address))


def _draw_dot(id: str, box: Box) -> Element:
    middle = (box.x + DOT / 2, box.y + DOT / 2)
    name = id.removeprefix("state-")
    rings = [element("circle", cx=middle[0], cy=middle[1], r=DOT / 2 - 1)]
    if id == END:
        rings.append(element("circle", class_="inner", cx=middle[0], cy=middle[1], r=4))
    return element(
        "g", element("title", text=name.title()), *rings, id=id, class_=f"terminal {name}"
    )


def _text(class_: str, text: str, x: float, y: float) -> Element:
    return element("text", text=text, class_=class_, x=x, y=y)


def _count(state: StateNode, run: StateRun | None) -> str:
    if run is None:
        return "↻" if state.retries else ""
    times = f"×{run.entered}" if run.entered > 1 else ""
    return f"{times} ↻{run.retried}".strip() if run.retried else times


def _sentence(state: StateNode, run: StateRun | None) -> str:
    said = [f"{state.name}: {state.type}"]
    if run:
        said[0] += f", {run.status.replace('-', ' ')}"
        said += [f"entered {run.entered} times"] if run.entered > 1 else []
        said += [f"{run.retried} retries"] if run.retried else []
        said += [run.note] if run.note else []
    elif state.retries:
        said.append(f"retries {state.retries}")
    return "; ".join(said)


def _description(machine: Machine, run: Run) -> str:
    states = [one for one in machine.states if one.type != "Branch"]
    happened = [_sentence(one, run.states[one.name]) for one in states if one.name in run.states]
    return f"{len(states)} states. " + " ".join(f"{one}." for one in happened)
