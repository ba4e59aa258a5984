"""Which log events are asked for."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from mailroom_rules.filter_patterns import FilterPattern

from mailroom.logs.events import LogEvent, function_of, with_requests
from mailroom.logs.records import LogRecord, parse_record


@dataclass(frozen=True)
class Selection:
    """Selects events.

    Attributes:
        since: Time of the first one, in milliseconds since 1970.
        texts: Only invocations of which an event has one of these texts; all if there are none.
        requests: These invocations too, by request id.
        pattern: Only events that match CloudWatch Logs' filter pattern.
    """

    since: int = 0
    texts: tuple[str, ...] = ()
    requests: frozenset[str] = frozenset()
    pattern: FilterPattern | None = None


@dataclass
class Selector:
    """Turns the events of several reads into the records that are asked for.

    An invocation may be split over two reads: its events are given as soon as one of them shows
    that it is asked for.

    Attributes:
        selection: What is asked for.
        names: Short name of the function by log group; of others, what the group's name says.
    """

    selection: Selection
    names: dict[str, str]
    _streams: dict[str, str | None] = field(default_factory=dict)
    _waiting: dict[str, list[LogEvent]] = field(default_factory=dict)
    _wanted: set[str] = field(default_factory=set)

    def records(self, events: Iterable[LogEvent]) -> list[LogRecord]:
        """The records of new events, in the order of their times."""
        tagged = list(with_requests(events, self._streams))
        if self.selection.texts or self.selection.requests:
            tagged = list(self._chosen(tagged))
        pattern = self.selection.pattern
        return [
            parse_record(event, self.names.get(event.group) or function_of(event.group), request)
            for event, request in sorted(tagged, key=lambda pair: pair[0].time)
            if event.time >= self.selection.since
            and (pattern is None or pattern.matches(event.message))
        ]

    def _chosen(
        self, tagged: list[tuple[LogEvent, str | None]]
    ) -> Iterator[tuple[LogEvent, str | None]]:
        self._wanted |= self.selection.requests
        for event, request in tagged:
            if request:
                self._waiting.setdefault(request, []).append(event)
                if any(text in event.message for text in self.selection.texts):
                    self._wanted.add(request)
        for request in self._wanted & set(self._waiting):
            for event in self._waiting.pop(request):
                yield event, request
