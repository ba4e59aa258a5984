"""docs/parity.md, made from the table."""

import datetime
from collections.abc import Iterator
from itertools import groupby

from tests.parity.behaviours import Behaviour
from tests.parity.results import DIFFERS, KEPT, NOT_RUN
from tests.parity.table import Column, Table
from tests.support.constraints.report import Report

_SIGNS = {KEPT: "✓", DIFFERS: "✗", NOT_RUN: "·"}
_HEAD = """\
# Parity

What the workflow, the toolbox and the tests rely on in AWS, and which engine keeps it. Each row is
a test in [tests/parity](../tests/parity) whose expectation is AWS's, with the page of AWS's
documentation that says so. The tests talk to an endpoint by boto3 and know no engine.

`✓` it is as in AWS, `✗` it is otherwise, `·` it was not run

`make parity` runs them on every engine and writes this page; [testing.md](testing.md) says how to
run them on AWS. `make test` runs them on Mailroom's engine, which has to keep all of them but those
that are listed below, and those it has to fail.
"""


def render(table: Table, report: Report, day: datetime.date) -> str:
    """The page's text."""
    parts = _engines(table, day), _services(table), [report.render()], _known(table)
    return "\n".join([_HEAD, *(line for part in parts for line in part), ""])


def _engines(table: Table, day: datetime.date) -> Iterator[str]:
    yield f"On {day.isoformat()}:\n"
    yield "| engine | ✓ | ✗ | · |\n|---|---|---|---|"
    for column in table.columns:
        counted = column.count()
        yield _row([column.engine, *(str(counted[one]) for one in _SIGNS)])
    yield ""
    for column in table.columns:
        for reason, count in sorted(column.reasons().items()):
            yield f"- {column.engine}: {count} not run: {reason}"
    if not any(_is_aws(column) for column in table.columns):
        yield "- AWS itself was not run."
    yield ""


def _services(table: Table) -> Iterator[str]:
    names = [column.engine.partition(",")[0] for column in table.columns]
    for service, behaviours in groupby(table.behaviours, key=lambda one: one.service):
        yield f"## {service}\n"
        yield _row(["", *names])
        yield _row(["---", *(":-:" for _ in names)]).replace(" ", "")
        for one in behaviours:
            signs = [_SIGNS[column.outcome(one)] for column in table.columns]
            yield _row([link(one), *signs])
        yield ""


def _known(table: Table) -> Iterator[str]:
    yield "## Where Mailroom's engine is known to differ\n"
    known = [one for one in table.behaviours if one.known]
    yield from (f"- {link(one)}: {one.known}." for one in known)
    if not known:
        yield "Nowhere."


def link(behaviour: Behaviour) -> str:
    """A behaviour's sentence, which leads to its page."""
    return f"[{behaviour.sentence}]({behaviour.page})"


def _is_aws(column: Column) -> bool:
    return column.engine.startswith("AWS")


def _row(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"
