"""Loops that may write more events than an execution's history holds."""

from collections.abc import Iterator
from typing import Any

from mailroom.checking.definitions import Definitions
from mailroom.checking.finding import Problem, Severity
from mailroom.checking.machines.history import (
    LIMIT,
    MOST_EVENTS,
    history_events,
    loops,
    stated_history,
)
from mailroom.checking.rule import rule, whole


@rule(
    whole,
    id="history-unbounded",
    severity=Severity.warning,
    title="a loop that may go on until the execution's history is full",
    why="an execution fails when its history has 25,000 events, whatever it waits for",
    page="step-functions/latest/dg/sfn-best-practices.html",
    fix="give the machine TimeoutSeconds, or the parameter that ends the loop a MaxValue; wait "
    "for longer in each round",
)
def history_unbounded(definitions: Definitions) -> Iterator[Problem]:
    template = definitions.transformed
    yield from _unstated(definitions)
    for machine in definitions.machines:
        if "TimeoutSeconds" in machine.definition.body or not loops(machine):
            continue
        if machine.definition.express:
            continue
        limits = list(_limits(template))
        if not limits:
            yield Problem(machine.at(), f"nothing ends the loops of {machine.id}")
        for name in limits:
            parameter = (template.get("Parameters") or {}).get(name) or {}
            at = definitions.template.at(("Parameters", name))
            longest = parameter.get("MaxValue")
            if longest is None:
                yield Problem(at, f"{name} ends the loops of {machine.id}, and has no MaxValue")
                continue
            events = history_events(machine, template, float(longest))
            if events > MOST_EVENTS:
                yield Problem(
                    at,
                    f"with {longest} for {name}, an execution of {machine.id} may write "
                    f"{events:,} events of {MOST_EVENTS:,}",
                )


def _unstated(definitions: Definitions) -> Iterator[Problem]:
    """What the template's Metadata begins to say of a loop, and leaves out."""
    place = ("Metadata", "Mailroom", "ExecutionHistory")
    metadata = (definitions.transformed.get("Metadata") or {}).get("Mailroom") or {}
    missing = {"Growth", "Seconds"} - stated_history(definitions.transformed).keys()
    if missing and "ExecutionHistory" in metadata:
        names = " and ".join(sorted(missing))
        yield Problem(
            definitions.template.at(place), f"ExecutionHistory needs a number above 0 for {names}"
        )


def _limits(template: dict[str, Any]) -> Iterator[str]:
    """The parameters that are a function's limit for how long an execution may wait."""
    for resource in (template.get("Resources") or {}).values():
        environment = (resource.get("Properties") or {}).get("Environment") or {}
        value = (environment.get("Variables") or {}).get(LIMIT)
        if isinstance(value, dict) and isinstance(value.get("Ref"), str):
            yield value["Ref"]
