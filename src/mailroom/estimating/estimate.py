"""An estimate: what AWS would do, what it would cost, what bounds it, and what was assumed."""

import re
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from mailroom.deployment.stack import Stack
from mailroom.environments.environment import Environment
from mailroom.errors import Refused
from mailroom.estimating.bill import Line, bill
from mailroom.estimating.declared import Declared, read_declared
from mailroom.estimating.limits import Limit, limits
from mailroom.estimating.measured import DEFAULTS, Measured, last_measured
from mailroom.estimating.prices import Prices, load_prices
from mailroom.estimating.requests import LARGEST, Work, work_for
from mailroom.project import Project

_UNITS = {"B": 1, "KB": 1024, "MB": 1024**2}
_FEW = 10_000
_LOCAL = "local"


@dataclass(frozen=True)
class Estimate:
    """An estimate for a number of messages in one month.

    Attributes:
        work: What AWS would do.
        lines: The bill.
        limits: What bounds the rate, the lowest first.
        rate: Messages per second at which they are sent; None for as fast as the limits allow.
        assumptions: A sentence each.
    """

    work: Work
    lines: list[Line]
    limits: list[Limit]
    rate: float | None
    assumptions: list[str]

    def total(self, fixed: bool) -> float:
        """Dollars of what is fixed, or of what the messages cost."""
        return sum(line.dollars for line in self.lines if line.fixed is fixed)

    def seconds(self, limit: Limit) -> float:
        """How long the messages take by a limit alone."""
        return self.work.messages / min(limit.rate, self.rate or limit.rate)

    def to_json(self) -> dict[str, Any]:
        """For JSON; seconds by each limit, dollars of all."""
        return {
            **asdict(self),
            "limits": [{**asdict(one), "seconds": self.seconds(one)} for one in self.limits],
            "dollars": {"messages": self.total(False), "month": self.total(True)},
        }


def make_estimate(
    project: Project,
    environment: Environment | None,
    messages: int,
    size: int,
    rate: float | None,
    name: str,
) -> Estimate:
    """Estimate what AWS would do and cost.

    Args:
        project: The checkout.
        environment: The environment that is up, whose counts are taken, and its parameters if
            the name is `local`; None when none is.
        messages: How many.
        size: Bytes of one.
        rate: Messages per second at which they are sent; None for as fast as possible.
        name: The environment config whose definitions count.

    Raises:
        Refused: There is no such environment config, or a file is malformed.
    """
    deployed = _parameters(environment) if environment and name == _LOCAL else None
    declared = read_declared(project, name, deployed)
    measured = last_measured(environment, project.state)
    prices = load_prices(declared.region)
    database = measured.database or Measured.load(DEFAULTS).database
    assert database, "the defaults have one"
    work = work_for(messages, size, measured, database)
    assumed = list(_assumptions(measured, declared, prices))
    return Estimate(work, bill(work, declared, prices), limits(work, declared), rate, assumed)


def _parameters(environment: Environment) -> dict[str, str]:
    """Template parameters of the stack that is deployed."""
    stack = Stack(environment.session.client("cloudformation"), environment.stack).deployed()
    return stack.parameters if stack else {}


def parse_size(text: str) -> int:
    """Bytes: a number, and B, KB or MB of 1,024.

    Raises:
        Refused: It is no size, or SNS refuses a message of that size.
    """
    found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*(B|KB|MB)?", text.strip(), re.IGNORECASE)
    size = int(float(found[1]) * _UNITS[(found[2] or "B").upper()]) if found else 0
    if not 0 < size <= LARGEST:
        raise Refused(f"{text!r} is no size of a message", "such as 300B or 1KB, at most 256KB")
    return size


def parse_rate(text: str) -> float:
    """Messages per second: a number, and `/s`, `/min` or `/h`.

    Raises:
        Refused: It is no rate.
    """
    found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*(?:/\s*(s|min|h))?", text.strip())
    rate = float(found[1]) / {"s": 1, "min": 60, "h": 3600}[found[2] or "s"] if found else 0
    if not rate:
        raise Refused(f"{text!r} is no rate", "such as 5000/s, 90/min or 1000/h")
    return rate


def _assumptions(measured: Measured, declared: Declared, prices: Prices) -> list[str]:
    memory = ", ".join(f"{one.memory} MB" for one in declared.functions.values())
    said = [
        f"Counts per message are those of {measured.source}: {measured.messages} messages.",
        f"Prices are those of {prices.region}, of {prices.date}: {prices.source}.",
        "Free tiers of an account are not taken off, except SNS's first million requests.",
        "Billed milliseconds are those of this machine. Lambda gives a function CPU by its memory"
        f" ({memory}; 1769 MB is one vCPU), so that what needs CPU can take several times as long.",
        "SNS's deliveries to SQS cost nothing, in SNS or in SQS.",
        "Aurora: one ACU has a quarter of a vCPU; writes are the log in pages of 4 KB; reads come"
        " from memory; rows are kept for one month.",
        "Every message is sent once, none is a dead letter, and nothing is retried more often"
        " than it was there.",
    ]
    if measured.messages < _FEW:
        said.append(
            "So few messages count what an execution costs once too often: mailroom load 10000"
            " measures better."
        )
    if prices.region != declared.region:
        said.append(
            f"There are no prices of {declared.region} in {_TABLE}: mailroom estimate"
            " --renew-prices FILE… takes them from AWS's price list files."
        )
    return said


_TABLE = Path("src/mailroom/estimating/prices.json")
