"""A state machine's definition as what its picture has: states, and edges between them."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from typing import Any

from mailroom.console.graphs.conditions import condition, errors
from mailroom.console.graphs.svg import slug

START = "state-start"
END = "state-end"


@dataclass(frozen=True)
class StateNode:
    """A state, or a branch of a Parallel state.

    Attributes:
        id: Its id in the picture.
        name: Its name; of a branch, which it is.
        type: Its Type; `Branch` for a branch.
        detail: What it calls, how long it waits; may be empty.
        parent: The id of the state or branch that it is in.
        scope: Whether it contains other states.
        first: Whether a branch or Map starts with it.
        retries: How it retries, in words; empty if it doesn't.
    """

    id: str
    name: str
    type: str
    detail: str = ""
    parent: str | None = None
    scope: bool = False
    first: bool = False
    retries: str = ""


@dataclass(frozen=True)
class Transition:
    """An edge.

    Attributes:
        id: Its id in the picture.
        kind: `start`, `next`, `choice`, `default`, `catch` or `end`.
        source: The id of the state that it leaves.
        target: The id of the state that it leads to.
        label: When it is taken; empty if always.
    """

    id: str
    kind: str
    source: str
    target: str
    label: str = ""


@dataclass(frozen=True)
class Machine:
    """The states, each after the one that it is in, and the edges between them."""

    states: tuple[StateNode, ...]
    transitions: tuple[Transition, ...]


def read_machine(definition: dict[str, Any]) -> Machine:
    """The states and edges of a definition in the Amazon States Language.

    Edges to states that don't exist are left out, as are states that aren't objects.
    """
    states = tuple(_states(definition, None, Counter()))
    named = {(one.parent, one.name): one.id for one in states}
    edges = tuple(_transitions(definition, None, named))
    return Machine(states, edges)


def _states(scope: dict[str, Any], parent: str | None, seen: Counter[str]) -> Iterator[StateNode]:
    for name, body in _bodies(scope):
        id = f"state-{slug(name)}"
        seen[id] += 1
        if seen[id] > 1:  # Step Functions refuses it
            id += f"-{seen[id]}"
        type_ = str(body.get("Type"))
        inner = list(_scopes(body))
        first = parent is not None and name == scope.get("StartAt")
        yield StateNode(id, name, type_, _detail(body), parent, bool(inner), first, _retries(body))
        for index, one in enumerate(inner):
            if type_ == "Parallel":
                branch = f"{id}-branch-{index}"
                title = f"Branch {index + 1}"
                yield StateNode(branch, title, "Branch", "", id, scope=True)
                yield from _states(one, branch, seen)
            else:
                yield from _states(one, id, seen)


def _transitions(
    scope: dict[str, Any], parent: str | None, named: dict[tuple[str | None, str], str]
) -> Iterator[Transition]:
    start = named.get((parent, str(scope.get("StartAt"))))
    if parent is None and start:
        yield Transition("edge-start", "start", START, start)
    for name, body in _bodies(scope):
        id = named[parent, name]
        numbers = count()
        for kind, target, label in _targets(body):
            part = f"{kind}-{next(numbers)}" if kind in ("choice", "catch") else kind
            edge = f"{id.replace('state-', 'edge-', 1)}-{part}"
            if (parent, target) in named:
                yield Transition(edge, kind, id, named[parent, target], label)
        if parent is None and (body.get("End") is True or body.get("Type") == "Succeed"):
            yield Transition(f"{id.replace('state-', 'edge-', 1)}-end", "end", id, END)
        for index, one in enumerate(_scopes(body)):
            inside = f"{id}-branch-{index}" if body.get("Type") == "Parallel" else id
            yield from _transitions(one, inside, named)


def _targets(body: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    if isinstance(body.get("Next"), str):
        yield "next", body["Next"], ""
    for rule in _dictionaries(body.get("Choices")):
        yield "choice", str(rule.get("Next")), condition(rule)
    if isinstance(body.get("Default"), str):
        yield "default", body["Default"], "otherwise"
    for catcher in _dictionaries(body.get("Catch")):
        yield "catch", str(catcher.get("Next")), f"catch {errors(catcher)}"


def _bodies(scope: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    states = scope.get("States")
    for name, body in states.items() if isinstance(states, dict) else ():
        if isinstance(body, dict):
            yield str(name), body


def _scopes(body: dict[str, Any]) -> Iterator[dict[str, Any]]:
    if body.get("Type") == "Parallel":
        yield from _dictionaries(body.get("Branches"))
    if body.get("Type") == "Map":
        inner = body.get("ItemProcessor", body.get("Iterator"))
        yield from _dictionaries([inner])


def _dictionaries(values: Any) -> Iterator[dict[str, Any]]:
    for value in values if isinstance(values, list) else ():
        if isinstance(value, dict):
            yield value


def _retries(body: dict[str, Any]) -> str:
    retriers = [
        f"{errors(one)}: at most {one.get('MaxAttempts', 3)} times"
        for one in _dictionaries(body.get("Retry"))
    ]
    return "; ".join(retriers)


def _detail(body: dict[str, Any]) -> str:
    match body.get("Type"):
        case "Task":
            return _resource(str(body.get("Resource", "")))
        case "Wait":
            return _duration(body)
        case "Map":
            at_once = body.get("MaxConcurrency")
            return f"{at_once} at once" if isinstance(at_once, int) and at_once else "each item"
        case "Fail":
            return str(body.get("Error", ""))
    return ""


def _resource(arn: str) -> str:
    """`arn:aws:states:::lambda:invoke` is `lambda invoke`; of a function's ARN, its name."""
    parts = arn.split(":")
    if "states" in parts[:3]:
        action = [part for part in parts[3:] if part and part != "aws-sdk"]
        return (
            " ".join(action)
            .replace(".waitForTaskToken", ", waits for token")
            .replace(".sync", ", waits")
        )
    if "function" in parts:
        return parts[parts.index("function") + 1]
    return parts[-1]


def _duration(body: dict[str, Any]) -> str:
    if isinstance(body.get("Seconds"), int | float):
        return f"{body['Seconds']} s"
    for name in ("Seconds", "SecondsPath", "Timestamp", "TimestampPath"):
        if name in body:
            return f"until {body[name]}" if name.startswith("Time") else str(body[name])
    return ""
