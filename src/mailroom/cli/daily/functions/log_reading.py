"""Finds the functions' logs of the environment that is up, or of one that was."""

from dataclasses import dataclass
from datetime import datetime

from mailroom.cli.output import errors
from mailroom.environments.environment import Environment
from mailroom.errors import NotUp, Refused
from mailroom.logs.events import function_of
from mailroom.logs.records import LogRecord
from mailroom.logs.selection import Selection, Selector
from mailroom.logs.sources import GroupReader, kept_events
from mailroom.project import Project


@dataclass(frozen=True)
class Asked:
    """What the options of `mailroom logs` ask for.

    Attributes:
        functions: Names of functions; all if there are none.
        since: Time of the first event.
        execution: Name of an execution, its beginning, or `latest`.
        batch: Id of a batch.
        pattern: A filter pattern.
    """

    functions: list[str]
    since: datetime | None
    execution: str | None
    batch: str | None
    pattern: str | None


class FunctionLogs:
    """The records of functions: those that are there, and then the new ones.

    Args:
        project: The checkout.
        asked: What is asked for.

    Raises:
        NotUp: No environment is up, and no log was kept.
        Refused: There is no such function or execution, or the pattern is invalid.
    """

    def __init__(self, project: Project, asked: Asked) -> None:
        selection = _selection(asked)
        self._reader: GroupReader | None = None
        try:
            environment = _connected(project)
        except NotUp:
            self._kept = kept_events(project.logs, lambda group: _is_of(group, asked.functions))
            if not self._kept:
                raise
            errors.print("no environment is up: this was kept", style="dim")
            self._selector = Selector(selection, {})
            return
        names = _log_groups(environment, asked.functions)
        shorts = set(names.values())
        self._kept = kept_events(project.logs, lambda g: g in names or function_of(g) in shorts)
        if asked.execution:
            selection = _of_execution(environment, asked.execution, selection)
        self._reader = GroupReader(environment.session, list(names), selection.since)
        self._selector = Selector(selection, names)

    @property
    def can_follow(self) -> bool:
        """Whether new records may come."""
        return self._reader is not None

    def all(self) -> list[LogRecord]:
        """The records until now."""
        now = self._reader.read() if self._reader else []
        events = {(one.stream, one.time, one.message): one for one in [*self._kept, *now]}
        return self._selector.records(sorted(events.values(), key=lambda one: one.time))

    def fresh(self) -> list[LogRecord]:
        """The records since then."""
        return self._selector.records(self._reader.read()) if self._reader else []


def _selection(asked: Asked) -> Selection:
    from mailroom_rules.filter_patterns import InvalidPattern, compile_pattern

    try:
        pattern = compile_pattern(asked.pattern) if asked.pattern is not None else None
    except InvalidPattern as error:
        raise Refused(
            f"--filter: {error}",
            'patterns: ERROR, "two words", ?WARN ?ERROR, { $.level = "ERROR" }, %expression%; '
            "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html",
        ) from None
    since = int(asked.since.timestamp() * 1000) if asked.since else 0
    texts = tuple(text for text in (asked.execution, asked.batch) if text)
    return Selection(since, texts, frozenset(), pattern)


def _of_execution(environment: Environment, wanted: str, selection: Selection) -> Selection:
    from mailroom.executions.history import find_execution, read_execution

    arn = find_execution(environment.session, environment.state_machines, wanted)
    execution = read_execution(environment.session, arn)
    attempts = [attempt for step in execution.steps for attempt in step.attempts]
    requests = frozenset(one.request_id for one in attempts if one.request_id)
    texts = tuple(execution.name if text == wanted else text for text in selection.texts)
    return Selection(selection.since, texts, requests, selection.pattern)


def _connected(project: Project) -> Environment:
    from mailroom.cli.connection import connected

    return connected(project)


def _log_groups(environment: Environment, functions: list[str]) -> dict[str, str]:
    """Short name of the function by log group."""
    topology = environment.topology
    physical = [topology.function(name) for name in functions]
    shorts = [
        short for short, id_ in topology.functions.items() if not functions or id_ in physical
    ]
    return {topology.log_group(short): short for short in shorts}


def _is_of(group: str, functions: list[str]) -> bool:
    name = function_of(group)
    return not functions or any(name == one or name.startswith(f"{one}_") for one in functions)
