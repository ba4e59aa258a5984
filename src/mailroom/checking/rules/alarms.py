"""Alarms, and whom they notify."""

from collections.abc import Iterator

from mailroom.checking.definitions import Definitions
from mailroom.checking.finding import Problem, Severity
from mailroom.checking.rule import rule, stacks, whole
from mailroom.checking.rules.messaging.queues import FUNCTION
from mailroom.checking.template.resolve import reference
from mailroom.checking.template.stack import Stack
from mailroom.deployment.environment_config import EnvironmentConfig

_ALARM = "AWS::CloudWatch::Alarm"
_PROD = ("prod", "production", "live")


def in_production(target: EnvironmentConfig) -> bool:
    """Whether an environment is one of production, by its stage or its name."""
    return target.parameters.get("Stage") in _PROD or target.name in _PROD


@rule(
    whole,
    id="alarm-topic",
    severity=Severity.warning,
    title="alarms in production that notify no one",
    why="CloudWatch changes the alarm's state, which is seen by those who happen to look",
    page="AmazonCloudWatch/latest/monitoring/Notify_Users_Alarm_Changes.html",
    fix="give the alarms AlarmActions with a topic, here by `mailroom setup --alarms ADDRESS`",
)
def alarm_topic(definitions: Definitions) -> Iterator[Problem]:
    for stack in definitions.known_stacks:
        target = stack.target
        if target.alarms or not in_production(target):
            continue
        silent = [one.id for one in stack.of_type(_ALARM) if not one.get("AlarmActions")]
        if silent:
            path = definitions.environments / f"{target.name}.toml"
            shown = ", ".join(silent[:3]) + (", …" if len(silent) > 3 else "")
            yield Problem(definitions.line_of(path), f"{target.name}: {shown} notify no one")


@rule(
    stacks,
    id="function-alarm",
    severity=Severity.warning,
    title="a function whose errors no alarm watches, in a template that has alarms",
    why="CloudWatch counts errors and throttles, and says nothing",
    page="lambda/latest/dg/monitoring-metrics-types.html",
    fix="add alarms on Errors and Throttles of AWS/Lambda, and on a Duration near the timeout",
)
def function_alarm(stack: Stack) -> Iterator[Problem]:
    watched: dict[str, set[str]] = {}
    for alarm in stack.of_type(_ALARM):
        for dimension in alarm.get("Dimensions") or []:
            name = reference(dimension.get("Value")) or ""
            watched.setdefault(name, set()).add(str(alarm.get("MetricName")))
    for function in stack.of_type(FUNCTION) if watched else ():
        missing = {"Errors", "Throttles", "Duration"} - watched.get(function.id, set())
        if missing:
            yield Problem(
                function.at(), f"no alarm on {', '.join(sorted(missing))} of {function.id}"
            )
