"""The commands of a query, each of which takes rows and returns rows."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from mailroom_rules.insights.aggregates import NAMES, read_aggregate
from mailroom_rules.insights.expressions import Parser
from mailroom_rules.insights.tokens import Kind, Token
from mailroom_rules.insights.values import Row, order

Step = Callable[[list[Row]], list[Row]]

# Commands of CloudWatch's that this doesn't have.
MISSING = {
    *("anomaly", "diff", "filterindex", "join", "lookup", "pattern", "source", "unmask", "unnest"),
    *("appendcols", "eventstats", "addtotals", "expand", "fillmissing"),
}
LIMIT = 10_000


@dataclass(frozen=True)
class Column:
    """A column of a result.

    Attributes:
        name: The alias, or else what the query says.
        value: Of a row; of the rows of a group in `stats`.
    """

    name: str
    value: Callable[[Any], Any]


@dataclass
class Plan:
    """What the commands come to.

    Attributes:
        steps: What is done with the rows, in this order.
        shown: The names of the columns of the result; empty for the usual ones.
        aggregated: Whether rows are no longer events.
        limit: How many rows the query says at most.
        filtered: The number of steps up to the last filter.
    """

    steps: list[Step] = field(default_factory=list)
    shown: list[str] = field(default_factory=list)
    aggregated: bool = False
    limit: int | None = None
    filtered: int = 0


def read_commands(parser: Parser) -> Plan:
    """Read a query.

    Raises:
        MalformedQuery: It is none.
    """
    plan = Plan()
    while True:
        command = parser.read(Kind.NAME)
        reader = READERS.get(command.text.lower())
        if reader is None:
            raise _unknown(parser, command)
        reader(parser, plan)
        if parser.token.kind is Kind.END:
            return plan
        parser.require("|")


def _unknown(parser: Parser, command: Token) -> Exception:
    if command.says(*MISSING):
        return parser.refuse(f"Mailroom doesn't run the command {command.text}", command)
    return parser.refuse(f"unknown command {command.text}", command)


def _columns(parser: Parser) -> list[Column]:
    return parser.listed(lambda: _column(parser))


def _column(parser: Parser) -> Column:
    start = parser.token
    value = parser.expression()
    name, aliased = _name(parser, start)
    # After `stats` a column such as `bin(5m)` is there, and what it was made of isn't.
    return Column(name, value if aliased else lambda row: row[name] if name in row else value(row))


def _name(parser: Parser, start: Token) -> tuple[str, bool]:
    """The name of a column that begins at a token, and whether it is an alias."""
    written = parser.written(start).replace("`", "")
    aliased = parser.take("as") is not None
    return (parser.read(Kind.NAME).text if aliased else written), aliased


def _calculating(columns: list[Column]) -> Step:
    def calculate(rows: list[Row]) -> list[Row]:
        for row in rows:
            row.update({one.name: one.value(row) for one in columns})
        return rows

    return calculate


def _fields(parser: Parser, plan: Plan) -> None:
    columns = _columns(parser)
    plan.steps.append(_calculating(columns))
    plan.shown += [one.name for one in columns if one.name not in plan.shown]


def _display(parser: Parser, plan: Plan) -> None:
    columns = _columns(parser)
    plan.steps.append(_calculating(columns))
    plan.shown = [one.name for one in columns]


def _filter(parser: Parser, plan: Plan) -> None:
    condition = parser.expression()
    plan.steps.append(lambda rows: [row for row in rows if condition(row)])
    if not plan.aggregated:
        plan.filtered = len(plan.steps)


def _parse(parser: Parser, plan: Plan) -> None:
    source = "@message"
    if parser.token.kind is Kind.NAME:
        source = parser.next().text
    token = parser.read(Kind.REGEX, Kind.STRING)
    if token.kind is Kind.REGEX:
        pattern, names = parser.regex(token)
    else:
        pattern, names = _glob(token.text), []
    wildcards = pattern.groups
    if parser.take("as"):
        names = parser.listed(lambda: parser.read(Kind.NAME).text)
    if not names or wildcards != len(names):
        raise parser.refuse("the number of extracted fields and of wildcards differ", token)
    named = bool(pattern.groupindex)

    def extract(rows: list[Row]) -> list[Row]:
        for row in rows:
            value = row.get(source)
            found = pattern.search(str(value)) if value is not None else None
            if found:
                groups = found.groupdict().values() if named else found.groups()
                row.update(zip(names, groups, strict=False))
        return rows

    plan.steps.append(extract)


def _glob(text: str) -> re.Pattern[str]:
    """A text in which each `*` stands for as little as possible, and the last one for the rest."""
    parts = [re.escape(part) for part in text.split("*")]
    last = "(.*)" if text.endswith("*") else "(.*?)"
    return re.compile("(.*?)".join(parts[:-1]) + (last if len(parts) > 1 else "") + parts[-1])


def _stats(parser: Parser, plan: Plan) -> None:
    columns = parser.listed(lambda: _aggregated(parser))
    groups = _columns(parser) if parser.take("by") else []

    def aggregate(rows: list[Row]) -> list[Row]:
        found: dict[tuple[object, ...], tuple[Row, list[Row]]] = {}
        for row in rows:
            keys = {one.name: one.value(row) for one in groups}
            group = found.setdefault(tuple(map(order, keys.values())), (keys, []))
            group[1].append(row)
        return [
            keys | {one.name: one.value(members) for one in columns}
            for keys, members in found.values()
        ]

    plan.steps.append(aggregate)
    plan.shown = [one.name for one in (*groups, *columns)]
    plan.aggregated = True


def _aggregated(parser: Parser) -> Column:
    start = parser.token
    value = read_aggregate(parser)
    return Column(_name(parser, start)[0], value)


def _sort(parser: Parser, plan: Plan) -> None:
    parser.take("by")
    keys: list[tuple[Column, bool]] = []
    while not keys or parser.take(","):
        of_stats = parser.calls(*NAMES)
        column = _of_name(_aggregated(parser).name) if of_stats else _column(parser)
        direction = parser.take("asc", "desc")
        keys.append((column, bool(direction and direction.says("desc"))))

    def arrange(rows: list[Row]) -> list[Row]:
        for column, reverse in reversed(keys):
            rows = sorted(rows, key=lambda row: order(column.value(row)), reverse=reverse)
        return rows

    plan.steps.append(arrange)


def _of_name(name: str) -> Column:
    """A column that `stats` has made, such as `count(*)`."""
    return Column(name, lambda row: row.get(name))


def _limit(parser: Parser, plan: Plan) -> None:
    token = parser.read(Kind.NUMBER)
    if not token.text.isdigit() or not 0 < int(token.text) <= LIMIT:
        raise parser.refuse(f"the limit is between 1 and {LIMIT}", token)
    count = plan.limit = int(token.text)
    plan.steps.append(lambda rows: rows[:count])


def _dedup(parser: Parser, plan: Plan) -> None:
    names = parser.listed(lambda: parser.read(Kind.NAME).text)

    def first_of_each(rows: list[Row]) -> list[Row]:
        found: dict[tuple[object, ...], Row] = {}
        for row in rows:
            found.setdefault(tuple(order(row.get(name)) for name in names), row)
        return list(found.values())

    plan.steps.append(first_of_each)


READERS: dict[str, Callable[[Parser, Plan], None]] = {
    "fields": _fields,
    "display": _display,
    "filter": _filter,
    "parse": _parse,
    "stats": _stats,
    "sort": _sort,
    "limit": _limit,
    "dedup": _dedup,
}
