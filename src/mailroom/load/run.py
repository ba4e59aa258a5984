"""Sends generated events in batches, some at once, and reports what came of them."""

import json
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import quantiles
from typing import Any

import psycopg

from mailroom.environments.environment import Environment
from mailroom.errors import MailroomError
from mailroom.estimating.measured import DatabaseUse, Measured, measure, read_edges
from mailroom.executions.history import read_execution
from mailroom.load.checker import Verdict, check
from mailroom.load.generated import Generator
from mailroom.load.sampling import Sample, Sampler
from mailroom.project import Project
from mailroom.temporary import temporary_folder
from mailroom.workflow.batch import Batch, new_batch_id, start_execution
from mailroom.workflow.chunks import Inputs, start_chunks, upload_chunks
from mailroom.workflow.execution import failure
from mailroom.workflow.validation import Report

_PAUSE_SECONDS = 1.0


@dataclass(frozen=True)
class Plan:
    """What is sent: how many events, in batches of how many, and how many batches at once."""

    count: int
    batch_size: int
    at_once: int


@dataclass(frozen=True)
class Result:
    """What came of a run.

    Attributes:
        began: When it began.
        seconds: From its beginning until all batches had settled.
        latencies: Milliseconds from a message's publication until its transaction began, of a few
            messages of each moment, sorted.
        samples: The environment, about once a second.
        measured: What the environment counted.
        verdict: What the checker says.
    """

    plan: Plan
    seed: int
    began: datetime
    seconds: float
    latencies: list[float]
    samples: list[Sample]
    measured: Measured
    verdict: Verdict

    @property
    def rate(self) -> float:
        """Messages per second."""
        return self.plan.count / self.seconds

    def percentile(self, percent: int) -> float | None:
        """A percentile of the latencies; None of fewer than two."""
        if len(self.latencies) < 2:
            return None
        return quantiles(self.latencies, n=100, method="inclusive")[percent - 1]

    def to_json(self) -> dict[str, Any]:
        """For JSON."""
        latency = {
            "p50": self.percentile(50),
            "p99": self.percentile(99),
            "of": len(self.latencies),
        }
        return {
            **asdict(self.plan),
            "seed": self.seed,
            "began": self.began.isoformat(),
            "seconds": round(self.seconds, 3),
            "rate": round(self.rate, 1),
            "latencyMilliseconds": latency,
            "verdict": {**asdict(self.verdict), "clean": self.verdict.clean},
            "measured": asdict(self.measured),
            "samples": [asdict(one) for one in self.samples],
        }

    def save(self, folder: Path) -> None:
        """Write the report, and what was counted, for `mailroom estimate`."""
        (folder / "report.json").write_text(json.dumps(self.to_json(), indent=1))


class Load:
    """One run.

    Args:
        project: The checkout.
        environment: The environment.
        generator: Makes the events.
        plan: What is sent.
        show: Called after each sample.
    """

    def __init__(
        self,
        project: Project,
        environment: Environment,
        generator: Generator,
        plan: Plan,
        show: Callable[[Sampler], None] = lambda sampler: None,
    ) -> None:
        self._project, self._environment = project, environment
        self._generator, self._plan, self._show = generator, plan, show

    def run(self) -> Result:
        """Send all events, wait until they have settled, and check what came of them.

        Raises:
            ExecutionFailed: A batch did not settle.
        """
        sampler = Sampler(self._project, self._environment, self._generator.source)
        edges, storage = read_edges(self._environment), self._storage()
        cpu, began, started = sampler.database_seconds(), datetime.now(UTC), time.monotonic()
        self._send(sampler)
        seconds = time.monotonic() - started
        cpu = sampler.database_seconds() - cpu
        database = self._database_use(storage, cpu)
        source = f"mailroom load {self._plan.count} of {began:%Y-%m-%d %H:%M} UTC"
        edges = read_edges(self._environment) - edges
        return Result(
            self._plan,
            self._generator.seed,
            began,
            seconds,
            self._latencies(sampler),
            sampler.samples,
            measure(self._environment, edges, source, database),
            check(self._environment.database, self._generator, self._plan.count),
        )

    def _send(self, sampler: Sampler) -> None:
        position, running = 0, set[str]()
        while position < self._plan.count or running:
            if position < self._plan.count and len(running) < self._plan.at_once:
                end = min(position + self._plan.batch_size, self._plan.count)
                running.add(self._start_batch(position, end))
                position = end
            else:
                time.sleep(_PAUSE_SECONDS)
            sampler.take()
            self._show(sampler)
            running = {one for one in running if self._runs(one)}
        sampler.take()

    def _start_batch(self, begin: int, end: int) -> str:
        """Send the events from one number to before another as one batch; the execution's ARN.

        As `mailroom send` does: more than fit into one chunk are uploaded in chunks.
        """
        batch = new_batch_id()
        with temporary_folder(self._project.state) as folder:
            path = folder / "batch.jsonl"
            with path.open("w", encoding="utf-8") as file:
                file.writelines(f"{line}\n" for line in self._generator.lines(begin, end))
            inputs = Inputs([str(path)])
            if inputs.fit:
                # The samples are valid, so the events are; the function validates them again.
                report = Report(end - begin, 0, True, 0, [])
                return start_execution(self._environment, Batch(batch, path, report))
            upload_chunks(
                self._project, self._environment, inputs, batch, folder, lambda uploaded: None
            )
        return start_chunks(self._environment, batch)

    def _runs(self, execution: str) -> bool:
        client = self._environment.session.client("stepfunctions")
        status = client.describe_execution(executionArn=execution)["status"]
        if status not in ("RUNNING", "SUCCEEDED"):
            raise failure(read_execution(self._environment.session, execution))
        return status == "RUNNING"

    def _latencies(self, sampler: Sampler) -> list[float]:
        """Milliseconds from publication to the row's transaction, by Postgres's clock."""
        with psycopg.connect(self._environment.database) as connection:
            rows = connection.execute(
                "SELECT id, extract(epoch FROM ingested_at) FROM messages"
                " WHERE source = %s AND id = ANY(%s)",
                [self._generator.source, list(sampler.published_at)],
            ).fetchall()
        return sorted((float(at) - sampler.published_at[id]) * 1000 for id, at in rows)

    def _storage(self) -> tuple[int, int]:
        """Bytes of log that Postgres has written, and of all tables with their indexes."""
        with psycopg.connect(self._environment.database) as connection:
            row = connection.execute(
                "SELECT pg_current_wal_insert_lsn() - '0/0'::pg_lsn,"
                " (SELECT sum(pg_total_relation_size(oid)) FROM pg_class"
                " WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace)"
            ).fetchone()
        if row is None:
            raise MailroomError("Postgres did not tell its size")
        return int(row[0]), int(row[1])

    def _database_use(self, before: tuple[int, int], cpu: float) -> DatabaseUse:
        (log, tables), count = self._storage(), self._plan.count
        size = sum(len(line.encode()) for line in self._generator.lines(0, min(count, 100)))
        size //= min(count, 100)
        return DatabaseUse(
            round(cpu * 1000 / count, 4),
            round((log - before[0]) / count - size),
            round((tables - before[1]) / count - size),
        )
