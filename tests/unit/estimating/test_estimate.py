"""Estimates: counts scale, larger messages make smaller batches, and the lowest limit is first."""

from dataclasses import replace

import pytest

from mailroom.errors import Refused
from mailroom.estimating.bill import bill
from mailroom.estimating.declared import Declared, DeclaredFunction, read_declared
from mailroom.estimating.estimate import make_estimate, parse_rate, parse_size
from mailroom.estimating.limits import limits
from mailroom.estimating.measured import DEFAULTS, DatabaseUse, FunctionUse, Measured
from mailroom.estimating.prices import load_prices
from mailroom.estimating.requests import work_for
from mailroom.project import Project

MEASURED = Measured(
    "a test",
    1_000,
    40,
    {
        "sns:PublishBatch": 100,
        "sqs:ReceiveMessage": 110,
        "sqs:DeleteMessageBatch": 100,
        "s3:GetObject": 1,
    },
    {
        "publish_messages": FunctionUse(1, 2_000, 500),
        "process_messages": FunctionUse(4, 10_000, 4_000),
    },
)
DATABASE = DatabaseUse(0.5, 2_000, 1_000)
DECLARED = Declared(
    region="us-east-1",
    architecture="x86_64",
    functions={
        "publish_messages": DeclaredFunction(512, 10),
        "process_messages": DeclaredFunction(512, 40),
    },
    queues=2,
    events=False,
    consumers=2,
    batch_size=10,
    alarms=3,
    secrets=2,
    retention_days=15,
    endpoint_hours=2_920,
    minimum_capacity=0.5,
    maximum_capacity=4,
    connections=800,
)


def test_the_number_of_messages_that_was_counted_has_exactly_the_counts() -> None:
    work = work_for(1_000, 1_024, MEASURED, DATABASE)

    assert work.calls == work.billed == MEASURED.calls
    assert work.transitions == MEASURED.transitions
    assert work.functions == MEASURED.functions


def test_counts_grow_with_the_number_of_messages() -> None:
    work = work_for(100_000_000, 1_024, MEASURED, DATABASE)

    assert work.calls["sqs:ReceiveMessage"] == 11_000_000
    assert work.transitions == 4_000_000
    assert work.functions["process_messages"].billed_ms == 1_000_000_000


def test_requests_are_billed_for_each_64_kb_and_fit_into_256() -> None:
    small, middle, large = (work_for(1_000, kb * 1_024, MEASURED, DATABASE) for kb in (6, 13, 128))

    assert (small.calls["sns:PublishBatch"], small.requests("sns")) == (100, 100)
    assert (middle.calls["sns:PublishBatch"], middle.requests("sns")) == (100, 300)
    assert (large.calls["sns:PublishBatch"], large.requests("sns")) == (500, 2_000)
    assert large.billed["sqs:DeleteMessageBatch"] == large.calls["sqs:DeleteMessageBatch"]


def test_the_bill_separates_what_is_fixed() -> None:
    work = work_for(1_000_000, 1_024, MEASURED, DATABASE)

    lines = {(one.service, one.what): one for one in bill(work, DECLARED, load_prices("us-east-1"))}

    sqs = lines["SQS", "requests"]
    assert (sqs.quantity, round(sqs.dollars, 4), sqs.fixed) == (210_000, 0.084, False)
    assert lines["Lambda", "GB-seconds"].quantity == pytest.approx(6_000)
    assert lines["Aurora", "ACU-hours, idle"].dollars == pytest.approx(0.5 * 730 * 0.12)
    assert lines["S3", "GB-months of batches"].quantity == pytest.approx(0.477, abs=0.001)
    assert {one.what for one in lines.values() if one.fixed} == {
        "ACU-hours, idle",
        "hours of endpoints",
        "alarms",
        "metrics of the functions",
        "secrets",
    }


def test_without_messages_to_receive_event_source_mappings_poll() -> None:
    work = work_for(1_000, 1_024, MEASURED, DATABASE)

    lines = bill(work, replace(DECLARED, events=True), load_prices("us-east-1"))

    [idle] = [one for one in lines if one.what == "receives of idle queues"]
    assert (idle.quantity, idle.fixed) == (2 * 657_000, True)


def test_the_lowest_limit_is_first() -> None:
    work = work_for(1_000_000, 1_024, MEASURED, DATABASE)

    found = {one.what: one.rate for one in limits(work, DECLARED)}

    assert list(found) == sorted(found, key=lambda what: found[what])
    assert found == {
        "Aurora: its maximum capacity in ACUs": pytest.approx(2_000),
        "Lambda: concurrency of ProcessMessagesFunction": pytest.approx(4_000),
        "Lambda: concurrency of PublishMessagesFunction": pytest.approx(5_000),
        "SNS: messages published per second in us-east-1": 30_000,
        "Postgres: connections of ProcessMessagesFunction": pytest.approx(40_000),
        "SQS: messages in flight, each queue": pytest.approx(1_200_000),
    }


def test_a_function_without_reserved_concurrency_has_the_account_s() -> None:
    functions = {**DECLARED.functions, "publish_messages": DeclaredFunction(512, None)}
    work = work_for(1_000_000, 1_024, MEASURED, DATABASE)

    found = limits(work, replace(DECLARED, functions=functions, region="eu-central-1"))

    rates = {one.what: one.rate for one in found}
    assert rates["Lambda: concurrency of the account"] == pytest.approx(500_000)
    assert rates["SNS: messages published per second in eu-central-1"] == 1_500


@pytest.mark.parametrize("name", ["local", "dev", "prod"])
def test_what_an_environment_declares_is_read_from_its_definitions(name: str) -> None:
    declared = read_declared(Project.find(), name)

    assert declared.functions.keys() == {"publish_messages", "process_messages"}
    assert declared.endpoint_hours == 2 * 2 * 730
    assert declared.secrets == 2
    assert declared.queues == 2
    assert declared.alarms > 10
    assert declared.maximum_capacity == (8 if name == "prod" else 4)


def test_an_estimate_says_what_it_assumes(tmp_path_factory: pytest.TempPathFactory) -> None:
    project = Project.find(state=tmp_path_factory.mktemp("state"))

    made = make_estimate(project, None, 100_000_000, 1_024, None, "prod")

    said = "\n".join(made.assumptions)
    assert Measured.load(DEFAULTS).source in said
    assert "There are no prices of eu-central-1" in said
    assert min(made.total(fixed=False), made.total(fixed=True)) > 10


def test_a_rate_below_all_limits_decides_how_long_it_takes() -> None:
    project = Project.find()

    made = make_estimate(project, None, 3_600, 1_024, 1.0, "local")

    assert [made.seconds(one) for one in made.limits] == [3_600] * len(made.limits)


@pytest.mark.parametrize(
    ("text", "size"),
    [("300", 300), ("300B", 300), ("1KB", 1024), ("1.5 kb", 1536), ("256KB", 262_144)],
)
def test_a_size_is_a_number_with_a_unit(text: str, size: int) -> None:
    assert parse_size(text) == size


@pytest.mark.parametrize("text", ["", "0", "KB", "1GB", "257KB", "-1"])
def test_what_is_no_size_is_refused(text: str) -> None:
    with pytest.raises(Refused, match="is no size"):
        parse_size(text)


def test_a_rate_is_a_number_per_second_minute_or_hour() -> None:
    assert [parse_rate(text) for text in ("5000/s", "90/min", "3600/h", "7")] == [5_000, 1.5, 1, 7]
    for text in ("", "0/s", "5/day", "fast"):
        with pytest.raises(Refused, match="is no rate"):
            parse_rate(text)
