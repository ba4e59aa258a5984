"""What it costs to have every message on the disk before it is acknowledged."""

from collections.abc import Iterator
from typing import Any

from benchmarks.bare_client import BareClient
from benchmarks.figure import Figure, median, seconds
from benchmarks.with_and_without import with_and_without
from mailroom.project import Project
from tests.support.events import mixed

ROUNDS = 9
WARM = 2
MESSAGES = 1_000
VARIABLE = "MAILROOM_DURABILITY"
MOST = 1.1


def measure_durability(project: Project) -> Iterator[Figure]:
    """A bare client with four threads, in an environment with durability and in one without."""
    with with_and_without(project, VARIABLE) as environments:
        clients = [BareClient(one) for one in environments]
        events = mixed(MESSAGES)
        taken = [[_phases(client, events) for client in clients] for _ in range(WARM + ROUNDS)]
    durable, volatile = zip(*taken[WARM:], strict=True)
    names = ["1,000 published in tens", "1,000 drained in tens", "both"]
    for name, *values in zip(
        names, zip(*durable, strict=True), zip(*volatile, strict=True), strict=True
    ):
        on, off = (median(one) for one in values)
        yield Figure(f"{name}, durable", on, "the same, --durability=off", off, MOST, "s")


def _phases(client: BareClient, events: list[dict[str, Any]]) -> tuple[float, float, float]:
    published = seconds(lambda: client.publish(events))
    drained = seconds(lambda: client.drain(len(events)))
    return published, drained, published + drained
