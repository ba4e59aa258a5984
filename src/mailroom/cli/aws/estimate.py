"""`mailroom estimate`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mailroom.cli.options import AsJson
from mailroom.cli.output import console, errors, show_json, show_table
from mailroom.errors import NotUp, Refused
from mailroom.progress import Progress
from mailroom.project import Project

if TYPE_CHECKING:
    from mailroom.environments.environment import Environment
    from mailroom.estimating.estimate import Estimate


def estimate(
    messages: Annotated[int | None, typer.Option(min=1, help="How many messages.")] = None,
    size: Annotated[str, typer.Option(help="Size of one message, as 300B or 1KB.")] = "1KB",
    rate: Annotated[
        str | None,
        typer.Option(help="How fast they are sent, as 5000/s; else as fast as the limits allow."),
    ] = None,
    env: Annotated[
        str, typer.Option("--env", help="Whose definitions: infra/environments/NAME.toml.")
    ] = "local",
    renew_prices: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="FILE", help="Put the prices of AWS's price list file into the table; repeat."
        ),
    ] = None,
    json: AsJson = False,
) -> None:
    """Estimate what AWS would do and cost for a number of messages, and what bounds their rate.

    Calls and durations per message are those that the environment that is up has counted, else
    those of the last `mailroom load`, else documented ones. What is assumed is printed.
    """
    if renew_prices:
        _renew(renew_prices)
    if messages is None:
        if renew_prices:
            return
        raise Refused("how many messages?", "such as: mailroom estimate --messages 1000000")
    from mailroom.estimating.estimate import make_estimate, parse_rate, parse_size

    project = Project.find_workflow()
    asked = parse_size(size), parse_rate(rate) if rate else None, env
    with Progress(errors).waiting_for("Reading what was counted"):
        made = make_estimate(project, _environment(project), messages, *asked)
    if json:
        show_json(made.to_json())
    else:
        _show(made)


def _renew(files: list[Path]) -> None:
    from mailroom.estimating.prices import TABLE, renew_prices

    for region, count in renew_prices(files).items():
        errors.print(f"{region}: {count} prices put into {TABLE}", markup=False)


def _environment(project: Project) -> "Environment | None":
    from mailroom.environments.selection import connect

    try:
        return connect(project)
    except NotUp:
        return None


def _show(made: "Estimate") -> None:
    work = made.work
    rows: list[tuple[str, int]] = list(work.calls.items())
    rows.append(("state transitions", work.transitions))
    for name, use in work.functions.items():
        rows.append((f"invocations of {name}", use.invocations))
        rows.append((f"billed milliseconds of {name}", use.billed_ms))
        rows.append((f"bytes of log of {name}", use.log_bytes))
    show_table(
        ["what AWS does", "count", "per message"],
        [[what, count, _rounded(count / work.messages)] for what, count in rows],
    )
    print()
    show_table(
        ["service", "billed", "quantity", "dollars", "for"],
        [
            [one.service, one.what, _rounded(one.quantity), round(one.dollars, 2), _paid(one.fixed)]
            for one in made.lines
        ],
    )
    messages, month = made.total(fixed=False), made.total(fixed=True)
    print(f"The messages: {messages:.2f} dollars; beside them {month:.2f} a month.")
    print()
    _show_limits(made)
    print()
    for sentence in made.assumptions:
        console.print(f"- {sentence}", markup=False, highlight=False, soft_wrap=True)


def _show_limits(made: "Estimate") -> None:
    from mailroom.cli.daily.queues import age

    show_table(
        ["limit", "value", "messages/s", "they take"],
        [
            [one.what, round(one.value), round(one.rate), age(made.seconds(one))]
            for one in made.limits
        ],
    )
    first = made.limits[0]
    takes = f"{made.work.messages} messages take {age(made.seconds(first))}"
    if made.rate and made.rate < first.rate:
        print(f"No limit is reached at {made.rate:g} messages/s; {takes}.")
        return
    wanted = f" of the {made.rate:g} that are sent" if made.rate else ""
    print(f"Reached first: {first.what}, at {first.rate:.0f} messages/s{wanted}; {takes}.")


def _paid(fixed: bool) -> str:
    return "the month" if fixed else "the messages"


def _rounded(value: float) -> float:
    """At most four digits behind the point, and none that a large number doesn't need."""
    return round(value) if value >= 1000 else round(value, 4)
