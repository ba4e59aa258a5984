"""EventBridge: sources, buses, schedules and targets."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from mailroom_rules.limits.refusal import Refusal
from mailroom_rules.limits.rules.rule import Request, Rule

API = "https://docs.aws.amazon.com/eventbridge/latest/APIReference/"
SCHEDULES = (
    "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html"
)
# Least and most of a cron expression's minutes, hours, days of the month, months, days of the week
# and years.
FIELDS = ((0, 59), (0, 23), (1, 31), (1, 12), (1, 7), (1970, 2199))
INPUTS = ("Input", "InputPath", "InputTransformer")


def _source(source: str, _entry: Request) -> Refusal | None:
    if not source.startswith("aws."):
        return None
    return Refusal("NotAuthorizedForSourceException", "Not authorized for the source.")


def _bus_name(name: str, request: Request) -> Refusal | None:
    """A partner's bus has the name of its source."""
    if "/" not in name or request.get("EventSourceName"):
        return None
    return Refusal("ValidationException", "Event bus name must not contain '/'.")


def _schedule(expression: str, _request: Request) -> Refusal | None:
    """The forms of the expressions, LocalStack looks at."""
    found = re.fullmatch(r"cron\((.*)\)", expression)
    fields = found[1].split() if found else []
    if len(fields) != len(FIELDS) or all(map(_is_within, fields, FIELDS)):
        return None
    return Refusal("ValidationException", "Parameter ScheduleExpression is not valid.")


def _is_within(field: str, limits: tuple[int, int]) -> bool:
    """Of a step, `0/5`, the number behind the slash is none of the field's; `6#3` is the third."""
    least, most = limits
    numbers = re.findall(r"\d+", re.sub(r"[/#]\d+", "", field))
    return all(least <= int(number) <= most for number in numbers)


def _targets(targets: Sequence[Mapping[str, Any]], _request: Request) -> Refusal | None:
    reason = next((reason for one in targets for reason in _reasons(one)), None)
    return Refusal("ValidationException", reason) if reason else None


def _reasons(target: Mapping[str, Any]) -> Iterator[str]:
    name, arn = target.get("Id"), str(target.get("Arn"))
    if re.fullmatch(r"arn:[^:]+:[^:]+:[^:]*:[^:]*:.+", arn) is None:
        yield f"Parameter {arn} is not valid. Reason: Provided Arn is not in correct format."
    if sum(bool(target.get(one)) for one in INPUTS) > 1:
        which = f"{', '.join(INPUTS[:2])}, or {INPUTS[2]}"
        yield f"Only one of {which} must be provided for target {name}."
    path = target.get("InputPath")
    if path and not str(path).startswith("$"):
        yield f"Invalid InputPath for target {name}."
    try:
        json.loads(target.get("Input") or "{}")
    except ValueError:
        yield f"JSON syntax error in input for target {name}"


RULES = (
    Rule(
        "events",
        ("PutEvents",),
        "Entries[].Source",
        "a source doesn't begin as those of AWS do",
        f"{API}API_PutEventsRequestEntry.html",
        _source,
    ),
    Rule(
        "events",
        ("CreateEventBus",),
        "Name",
        "the name of a bus of one's own has no slash",
        f"{API}API_CreateEventBus.html",
        _bus_name,
    ),
    Rule(
        "events",
        ("PutRule",),
        "ScheduleExpression",
        "the numbers of a cron expression are minutes, hours, days, months and years that exist",
        SCHEDULES,
        _schedule,
    ),
    Rule(
        "events",
        ("PutTargets",),
        "Targets",
        "a target has an ARN, and one input at most, which is JSON or a path",
        f"{API}API_Target.html",
        _targets,
    ),
)
