"""How long messages take through the whole flow, beside a bare client and as their number grows."""

import json
import uuid
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.bare_client import BareClient
from benchmarks.figure import Figure, in_turn, seconds
from mailroom.environments.environment import Environment
from mailroom.workflow.batch import Batch, start_execution
from mailroom.workflow.execution import await_execution
from mailroom.workflow.validation import Report
from tests.support.events import mixed

ROUNDS = 5


def measure_flow(environment: Environment) -> Figure:
    """1,000 small messages in one execution, from its start until they have settled."""
    client = BareClient(environment)
    send(environment, mixed(100))
    flow, reference = in_turn(
        ROUNDS,
        lambda: send(environment, mixed(1000)),
        lambda: _bare(client),
    )
    against = "a bare client with 4 threads, publishing, then draining"
    return Figure("1,000 messages", flow, against, reference, 1.7, "s")


def measure_growth(environment: Environment) -> Figure:
    """10,000 messages beside ten times 1,000."""
    thousand, ten_thousand = in_turn(
        3,
        lambda: send(environment, mixed(1000)),
        lambda: send(environment, mixed(10_000)),
    )
    return Figure("10,000 messages", ten_thousand, "ten times the 1,000", thousand * 10, 1.1, "s")


def send(environment: Environment, events: list[dict[str, Any]]) -> float:
    """Send events in one execution; the seconds from its start until all have settled."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "batch.jsonl"
        path.write_text("\n".join(json.dumps(event) for event in events))
        batch = Batch(f"bench-{uuid.uuid4()}", path, Report(len(events), 0, True, 0, []))

        def run() -> None:
            execution = start_execution(environment, batch)
            output = await_execution(environment, execution, batch.id, lambda settled: None)
            assert sum(output["published"].values()) == len(events)

        return seconds(run)


def _bare(client: BareClient) -> float:
    events = mixed(1000)
    return seconds(lambda: client.publish_and_drain(events))
