"""What an environment does while messages are sent: rates, queues, memory, publications."""

import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import psutil

from mailroom.environments.embedded.environment import EmbeddedEnvironment
from mailroom.environments.environment import Environment
from mailroom.errors import NoAnswer
from mailroom.load.memory import family, megabytes
from mailroom.observation.events import read_counters, read_events
from mailroom.project import Project
from mailroom.workflow.queues import queue_states

# Events that are read each time: a few messages' ways.
_NEWEST = 300


@dataclass(frozen=True)
class Sample:
    """The environment at one time.

    Attributes:
        at: Seconds since the sampler's start.
        published: Messages published since then.
        settled: Messages deleted from the types' queues since then.
        waiting: Messages in the types' queues that can be received.
        in_flight: Messages in them that were received.
        memory: MB of LocalStack, functions and Postgres, shared pages counted once; none of
            containers.
    """

    at: float
    published: int
    settled: int
    waiting: int
    in_flight: int
    memory: dict[str, float]


class Sampler:
    """Takes samples of one environment.

    Attributes:
        samples: Those that were taken.
        published_at: When messages with some ids were published, in seconds since 1970: a few of
            each moment.
    """

    def __init__(self, project: Project, environment: Environment, source: str) -> None:
        self._environment = environment
        self._source = source
        topology = environment.topology
        self._queues = {
            name: one.arn for name, one in topology.queues.items() if topology.type_of(name)
        }
        self._state = EmbeddedEnvironment(project).state if environment.name == "embedded" else None
        self.samples: list[Sample] = []
        self.published_at: dict[str, float] = {}
        self._began = time.time()
        self._before = self._counts()

    def take(self) -> Sample:
        """Take a sample."""
        published, settled = (
            now - before for now, before in zip(self._counts(), self._before, strict=True)
        )
        states = [one for one in queue_states(self._environment) if one.name in self._queues]
        sample = Sample(
            round(time.time() - self._began, 3),
            published,
            settled,
            sum(one.depth for one in states),
            sum(one.in_flight for one in states),
            {name: round(used, 1) for name, used in self._memory()},
        )
        self.samples.append(sample)
        self._note_publications()
        return sample

    def rate(self, seconds: float = 10) -> float:
        """Messages settled per second, in the last seconds."""
        newest = self.samples[-1]
        oldest = next(one for one in self.samples if newest.at - one.at <= seconds)
        elapsed = newest.at - oldest.at
        return (newest.settled - oldest.settled) / elapsed if elapsed else 0.0

    def _counts(self) -> tuple[int, int]:
        """Messages published, and deleted from the queues, since LocalStack started."""
        published = settled = 0
        topics, queues = self._environment.topology.topics, set(self._queues.values())
        for one in read_counters(self._environment.endpoint)["edges"]:
            if one["kind"] == "publish" and one["to"] in topics:
                published += one["count"]
            elif one["kind"] == "delete" and one["from"] in queues:
                settled += one["count"]
        return published, settled

    def _note_publications(self) -> None:
        """Note when the newest messages were published. LocalStack keeps the newest events only."""
        endpoint = self._environment.endpoint
        with suppress(NoAnswer):
            last = read_events(endpoint, after=2**62).last
            for event in read_events(endpoint, after=max(0, last - _NEWEST)).events:
                told: dict[str, Any] = event.get("event") or {}
                if event["kind"] == "publish" and told.get("source") == self._source:
                    self.published_at.setdefault(told["id"], event["at"])

    def _memory(self) -> Iterator[tuple[str, float]]:
        if self._state is None or not (self._state.localstack and self._state.postgres):
            return
        with suppress(psutil.Error):
            localstack = psutil.Process(self._state.localstack.pid)
            yield "LocalStack", _used(localstack)
            yield "functions", sum(map(_used, localstack.children(recursive=True)))
        with suppress(psutil.Error):
            yield "Postgres", sum(map(_used, family(self._state.postgres.pid)))

    def database_seconds(self) -> float:
        """CPU seconds of Postgres since it started, with those of sessions that have ended."""
        if self._state is None or self._state.postgres is None:
            return 0.0
        total = 0.0
        for number, process in enumerate(family(self._state.postgres.pid)):
            with suppress(psutil.Error):
                used = process.cpu_times()
                total += used.user + used.system
                if not number:
                    total += used.children_user + used.children_system
        return total


def _used(process: psutil.Process) -> float:
    """MB; none of a process that has ended meanwhile."""
    with suppress(psutil.Error):
        return megabytes(process)
    return 0.0
