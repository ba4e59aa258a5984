"""`mailroom load`, and the estimate that is made from what an environment has counted."""

import json
import re
import time
from collections import Counter
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from mailroom.environments.environment import Environment
from mailroom.estimating.measured import (
    LAST_RUN,
    DatabaseUse,
    Measured,
    last_measured,
    measure,
    read_edges,
)
from mailroom.estimating.requests import work_for
from mailroom.load.checker import check
from mailroom.load.generated import Generator
from mailroom.load.run import Load, Plan, Result
from mailroom.observation.events import all_events, read_events
from mailroom.project import Project
from mailroom.types.described import read_types
from tests.support.command import Command
from tests.support.events import mixed
from tests.support.flow import Flow, until

REPORT = re.compile(r"REPORT RequestId: (\S+)\t.*\tBilled Duration: (\d+) ms")
DATABASE = DatabaseUse(0.5, 2_000, 1_000)


@pytest.fixture(scope="module")
def generator(project: Project) -> Generator:
    return Generator(read_types(project), time.time_ns())


@pytest.fixture(scope="module")
def run(project: Project, environment: Environment, generator: Generator) -> Result:
    """A run of 300 messages in three batches."""
    return Load(project, environment, generator, Plan(300, 100, 2)).run()


def test_every_message_has_its_row_and_the_run_is_measured(run: Result) -> None:
    assert str(run.verdict) == "nothing is lost and nothing is there twice: 300 events, 300 rows"
    assert run.verdict.clean
    assert run.samples[-1].published == 300
    # What another test left in a queue may settle meanwhile.
    assert run.samples[-1].settled >= 300
    assert run.measured.messages == 300
    assert run.measured.database is not None
    assert run.measured.database.wal_bytes > 100
    assert 0 < (run.percentile(50) or 0) <= (run.percentile(99) or 0)
    assert json.loads(json.dumps(run.to_json()))["verdict"]["rows"] == 300


def test_the_checker_finds_what_is_lost_changed_and_too_many(
    run: Result, environment: Environment, generator: Generator, database: psycopg.Connection
) -> None:
    assert run.verdict.clean
    lost, changed, more = (f"{number:010d}" for number in (4, 7, 300))
    key = "WHERE source = %s AND id = %s"
    for table in ("alerts", "messages"):
        database.execute(f"DELETE FROM {table} {key}", [generator.source, lost])
    database.execute(f"UPDATE messages SET event = '{{}}' {key}", [generator.source, changed])
    database.execute(
        "INSERT INTO messages (source, id, type, digest, event) VALUES (%s, %s, 'alert', '', '{}')",
        [generator.source, more],
    )

    verdict = check(environment.database, generator, 300)

    assert not verdict.clean
    assert (verdict.lost, verdict.changed, verdict.unexpected, verdict.untyped) == (1, 1, 1, 1)
    assert verdict.examples == [lost, changed, more]


def test_the_counts_of_an_estimate_are_exactly_those_of_the_engine(
    flow: Flow, environment: Environment
) -> None:
    """The engine says what it did in other places too: its events, histories and logs."""
    last = read_events(environment.endpoint, after=2**62).last
    before = read_edges(environment)
    uploaded = flow.upload(map(json.dumps, mixed(1_000)))
    execution = flow.start(uploaded)
    assert flow.ended(execution).status == "SUCCEEDED"
    measured = measure(environment, read_edges(environment) - before, "a test", None)

    estimated = work_for(1_000, 300, measured, DATABASE)

    history = list(steps(environment, execution))
    told = calls(environment, last)
    # Of receives the events have those alone that found something.
    empty = estimated.calls.pop("sqs:ReceiveMessage") - told.pop("sqs:ReceiveMessage")
    assert estimated.messages == measured.messages == 1_000
    assert estimated.calls == told
    assert estimated.calls["sns:PublishBatch"] == 100
    assert empty >= 0
    assert estimated.transitions == sum(one["type"].endswith("StateEntered") for one in history)
    assert {
        name: (one.invocations, one.billed_ms) for name, one in estimated.functions.items()
    } == reported(environment, history)


def test_the_calls_of_a_batch_in_chunks_are_those_of_the_engine(
    project: Project, environment: Environment
) -> None:
    last = read_events(environment.endpoint, after=2**62).last
    generator = Generator(read_types(project), time.time_ns())

    counted = Load(project, environment, generator, Plan(2_100, 2_100, 1)).run().measured.calls

    told = calls(environment, last)
    assert counted.pop("sqs:ReceiveMessage") >= told.pop("sqs:ReceiveMessage")
    assert counted == told
    # Two chunks and their manifest by the producer, the rest by the Maps.
    assert counted["s3:PutObject"] > 3


def test_what_event_source_mappings_do_is_counted_too(
    events_flow: Flow, events_stack: Environment
) -> None:
    before = read_edges(events_stack)
    events_flow.send(mixed(60))
    queues = [one.arn for one in events_stack.topology.queues.values()]

    def deleted() -> int:
        edges = read_edges(events_stack) - before
        return sum(
            n for (kind, begin, _), n in edges.items() if kind == "delete" and begin in queues
        )

    until(lambda: deleted() == 60, "the deletions")
    measured = measure(events_stack, read_edges(events_stack) - before, "a test", None)

    assert measured.messages == 60
    assert measured.calls["sqs:ReceiveMessage"] >= measured.calls["sqs:DeleteMessageBatch"] >= 2
    # Those of the mappings, and those of the states that wait for the batch.
    assert measured.functions["process_messages"].invocations >= 4


def steps(environment: Environment, execution: str) -> Any:
    pages = environment.session.client("stepfunctions").get_paginator("get_execution_history")
    for page in pages.paginate(executionArn=execution):
        yield from page["events"]


def is_client(source: str) -> bool:
    """Whether neither a function nor the state machine's role has called."""
    return ":function:" not in source and ":assumed-role/mailroom" not in source


def calls(environment: Environment, last: int) -> Counter[str]:
    """The calls of functions by the events, in which a receive that finds nothing isn't told."""
    return Counter(
        f"{one['service']}:{one['operation']}"
        for one in all_events(environment.endpoint)
        if one["n"] > last
        and one["kind"] == "call"
        and one["status"] < 400
        and (one["operation"] == "PutObject" or not is_client(one["source"]))
        and one["service"] in ("sns", "sqs", "s3", "secretsmanager")
    )


def reported(environment: Environment, history: list[Any]) -> dict[str, tuple[int, int]]:
    """Invocations of an execution, and their billed milliseconds, by the functions' logs."""
    outputs = [
        one["taskSucceededEventDetails"]["output"]
        for one in history
        if one["type"] == "TaskSucceeded"
    ]
    requests = {json.loads(one)["SdkResponseMetadata"]["RequestId"] for one in outputs}
    found: dict[str, dict[str, int]] = {}

    def all_there() -> bool:
        for name in ("publish_messages", "process_messages"):
            found[name] = {
                match[1]: int(match[2])
                for match in map(REPORT.match, log(environment, name))
                if match and match[1] in requests
            }
        return sum(map(len, found.values())) == len(requests)

    until(all_there, "a report of each invocation")
    return {name: (len(each), sum(each.values())) for name, each in found.items()}


def log(environment: Environment, function: str) -> Iterator[str]:
    pages = environment.session.client("logs").get_paginator("filter_log_events")
    group = environment.topology.log_group(function)
    for page in pages.paginate(logGroupName=group, filterPattern="REPORT"):
        yield from (one["message"] for one in page["events"])


def test_the_commands_send_report_and_estimate(project: Project, environment: Environment) -> None:
    mailroom = Command(project.root, project.state, environment=environment.name)

    said = mailroom.run("load", "50", "--batch-size", "20", "--seed", str(time.time_ns())).stdout
    report = mailroom.run("load", "1000", "--json").stdout
    estimated = json.loads(mailroom.run("estimate", "--messages", "1000", "--json").stdout)

    assert "nothing is lost and nothing is there twice: 50 events, 50 rows" in said
    measured = Measured.load(project.state / LAST_RUN)
    assert json.loads(report)["measured"]["calls"] == measured.calls
    assert measured.calls["sns:PublishBatch"] == 100
    plots = list((project.state / "load").glob("*/plot.png"))
    assert len(plots) >= 2
    assert all(plot.read_bytes().startswith(b"\x89PNG") for plot in plots)
    # Tests before have published in this environment too, in smaller batches.
    counted = last_measured(environment, project.state)
    calls = counted.calls["sns:PublishBatch"] * 1000 / counted.messages
    assert calls >= 100
    assert estimated["work"]["calls"]["sns:PublishBatch"] == pytest.approx(calls, abs=1)
    assert estimated["dollars"]["month"] > 50
    text = mailroom.run("estimate", "--messages", "1000000", "--rate", "1000000/s").stdout
    assert "Reached first: " in text
    assert "- Prices are those of us-east-1" in text
