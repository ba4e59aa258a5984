"""The bill of a month: what is fixed, and what the messages cost."""

from collections.abc import Iterator
from dataclasses import dataclass

from mailroom.estimating.declared import HOURS, Declared
from mailroom.estimating.prices import Prices
from mailroom.estimating.requests import Work

_GB = 1024**3
# Of one Aurora capacity unit: 2 GiB of memory, and as much CPU as an instance has with that.
# https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-serverless-v2.how-it-works.html
VCPU_OF_ACU = 0.25
# Aurora bills a write for each 4 KB of log. https://aws.amazon.com/rds/aurora/faqs/
_LOG_PAGE = 4096
# Lambda polls an idle queue with five long polls of 20 seconds at once.
# https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html
_IDLE_POLLS = 5 * 3600 / 20 * HOURS
# Beside a message's bytes an endpoint passes what is around them, and its receipt back.
_AROUND = 1024


@dataclass(frozen=True)
class Line:
    """One line of the bill: dollars for a quantity; `fixed` is paid without any message."""

    service: str
    what: str
    quantity: float
    dollars: float
    fixed: bool


def bill(work: Work, declared: Declared, prices: Prices) -> list[Line]:
    """The lines of a month in which the messages are sent once."""
    lines = []
    for service, what, quantity, price, fixed in (
        *_of_messages(work, declared),
        *_of_month(declared),
    ):
        lines.append(Line(service, what, quantity, prices.cost(price, quantity), fixed))
    return [line for line in lines if line.quantity]


_Item = tuple[str, str, float, str, bool]


def _of_messages(work: Work, declared: Declared) -> Iterator[_Item]:
    arm = " arm64" if declared.architecture == "arm64" else ""
    invocations = sum(one.invocations for one in work.functions.values())
    log = sum(one.log_bytes for one in work.functions.values()) / _GB
    reads = sum(
        count for name, count in work.billed.items() if name in ("s3:GetObject", "s3:HeadObject")
    )
    stored = work.messages * work.size / _GB
    database, cpu = work.database, work.messages * work.database.cpu_ms / 1000
    yield "SNS", "requests", work.requests("sns"), "sns requests", False
    yield "SQS", "requests", work.requests("sqs"), "sqs requests", False
    yield "S3", "requests that write or list", work.requests("s3") - reads, "s3 writes", False
    yield "S3", "requests that read", reads, "s3 reads", False
    kept = stored * declared.retention_days / 30
    yield "S3", "GB-months of batches", kept, "s3 GB-months", False
    yield "Step Functions", "state transitions", work.transitions, "transitions", False
    yield "Lambda", "requests", invocations, f"lambda requests{arm}", False
    yield "Lambda", "GB-seconds", work.gigabyte_seconds(declared), f"lambda GB-seconds{arm}", False
    yield "CloudWatch", "GB of logs", log, "log GB", False
    secrets = work.requests("secretsmanager")
    yield "Secrets Manager", "requests", secrets, "secret requests", False
    if not declared.events:
        passed = work.messages * (work.size + _AROUND) / _GB
        yield "VPC", "GB through the endpoints", passed, "endpoint GB", False
    yield "Aurora", "ACU-hours", cpu / VCPU_OF_ACU / 3600, "ACU-hours", False
    writes = work.messages * (database.wal_bytes + work.size) / _LOG_PAGE
    yield "Aurora", "writes", writes, "database I/O", False
    rows = work.messages * (database.row_bytes + work.size) / _GB
    yield "Aurora", "GB-months of rows", rows, "database GB-months", False


def _of_month(declared: Declared) -> Iterator[_Item]:
    yield "Aurora", "ACU-hours, idle", declared.minimum_capacity * HOURS, "ACU-hours", True
    yield "VPC", "hours of endpoints", declared.endpoint_hours, "endpoint hours", True
    yield "CloudWatch", "alarms", declared.alarms, "alarms", True
    # `Ingested` and `TimeToRow` of each queue.
    yield "CloudWatch", "metrics of the functions", 2 * declared.queues, "metrics", True
    yield "Secrets Manager", "secrets", declared.secrets, "secrets", True
    if declared.events:
        polls = _IDLE_POLLS * declared.queues
        yield "SQS", "receives of idle queues", polls, "sqs requests", True
