"""The logs of the invocations that a message met."""

import json
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from functools import cached_property
from typing import Any

from botocore.exceptions import ClientError

from mailroom.environments.environment import Environment
from mailroom.logs.events import of_invocation
from mailroom.logs.sources import log_event
from mailroom.tracing.steps import Message, Step

_MOST_LINES, _MOST_READ = 200, 5_000
# An invocation takes at most 15 minutes.
_MARGIN_MS = 15 * 60_000


class InvocationLogs:
    """The functions' log groups of an environment."""

    def __init__(self, environment: Environment) -> None:
        self._topology = environment.topology
        self._client = environment.session.client("logs")
        self._logs: dict[str, list[str]] = {}

    def with_log(self, step: Step) -> Step:
        """A step with the log of its invocation."""
        if not step.invocation:
            return step
        if step.invocation not in self._logs:
            groups = [self._group(step.function)] if step.function else self._groups
            self._logs[step.invocation] = self._log(step.invocation, step.at, groups)
        log = self._logs[step.invocation]
        return replace(step, details={**step.details, "log": log}) if log else step

    def steps(self, message: Message, since: float | None) -> Iterator[Step]:
        """What functions wrote about the message's batch, or its dead letter.

        Args:
            message: The message.
            since: Only later, in seconds since 1970.
        """
        words = [*filter(None, [message.batch]), *message.message_ids]
        for word in words:
            for line in self._lines(word, since):
                with suppress(ValueError, AttributeError):
                    yield from _told(json.loads(line["message"]), line["timestamp"], message)

    def _group(self, function: str) -> str:
        """The log group of a function by its ARN."""
        name = function.rpartition(":")[2]
        for short, physical in self._topology.functions.items():
            if physical == name:
                return self._topology.log_group(short)
        return f"/aws/lambda/{name}"

    @cached_property
    def _groups(self) -> list[str]:
        return [self._topology.log_group(name) for name in self._topology.functions]

    def _log(self, invocation: str, since: float | None, groups: list[str]) -> list[str]:
        """The lines of an invocation; not all of them name it, as a traceback doesn't."""
        start = max(0, int((since or 0) * 1000) - _MARGIN_MS)
        for group in groups:
            named = self._events(group, start, invocation)
            if not named:
                continue
            lines = [
                log_event(event, group)
                for event in self._events(group, named[0]["timestamp"], end=named[-1]["timestamp"])
            ]
            return _both_ends([line.message for line in of_invocation(lines, invocation)])
        return []

    def _lines(self, word: str, since: float | None) -> Iterable[Any]:
        start = max(0, int((since or 0) * 1000) - _MARGIN_MS)
        found = [line for group in self._groups for line in self._events(group, start, word)]
        return sorted(found, key=lambda line: line["timestamp"])

    def _events(self, group: str, start: int, word: str = "", end: int | None = None) -> list[Any]:
        """Lines of a log group that contain a word, between two times in milliseconds."""
        found: list[Any] = []
        pattern: Any = {"filterPattern": f'"{word}"'} if word else {}
        pattern |= {} if end is None else {"endTime": end + 1}
        with suppress(ClientError):
            for page in self._client.get_paginator("filter_log_events").paginate(
                logGroupName=group, startTime=start, **pattern
            ):
                found += page["events"]
                if len(found) >= _MOST_READ:
                    break
        return found


def _both_ends(lines: list[str]) -> list[str]:
    """Lines without the middle of too many."""
    left_out = len(lines) - _MOST_LINES
    if left_out <= 0:
        return lines
    half = _MOST_LINES // 2
    return [*lines[:half], f"({left_out} lines are left out here)", *lines[-half:]]


def _told(line: Any, at: int, message: Message) -> Iterator[Step]:
    """A line of a function's structured log as a step."""
    invocation = line.get("function_request_id")
    match line.get("message"):
        case "published" if line.get("batch_id") == message.batch:
            text = f"its batch was published: {_counts(line['published'])}"
            yield Step(at / 1000, "published", text, invocation=invocation)
        case "dead letter" if line.get("message_id") in message.message_ids:
            text = f"found to be dead: {line['reason']}: {line['detail']}"
            yield Step(at / 1000, "dead", text, True, invocation=invocation)


def _counts(published: dict[str, int]) -> str:
    return ", ".join(f"{count} of type {name}" for name, count in published.items() if count)
