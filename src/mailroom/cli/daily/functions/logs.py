"""`mailroom logs`."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from mailroom.cli.options import AsJson
from mailroom.cli.output import errors
from mailroom.cli.times import Since
from mailroom.errors import NotUp, Refused
from mailroom.progress import Progress
from mailroom.project import Project

_SERVERS = ("localstack", "postgres")
_LINES = 50
_POLL_SECONDS = 0.5


def logs(
    source: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[FUNCTION…]",
            help="Functions, as publish, process or migrate; or localstack or postgres; all "
            "functions if left out.",
        ),
    ] = None,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Follow the log.")] = False,
    lines: Annotated[
        int | None,
        typer.Option(
            "--lines",
            "-n",
            min=1,
            help="Number of records from the end; 50, or all when another option selects.",
        ),
    ] = None,
    since: Since = None,
    execution: Annotated[
        str | None,
        typer.Option(help="Only invocations of this execution: name, its beginning, or latest."),
    ] = None,
    batch: Annotated[
        str | None, typer.Option(help="Only invocations that name this batch.")
    ] = None,
    pattern: Annotated[
        str | None,
        typer.Option("--filter", help="Only what matches this CloudWatch Logs filter pattern."),
    ] = None,
    json: AsJson = False,
) -> None:
    """Print what functions logged, in the order of time, or the log of LocalStack or Postgres.

    On a terminal a record is one line, without Lambda's START and END. In a pipe it is printed as
    it was logged. After `down` the functions' logs are still there.
    """
    project = Project.find()
    selecting = bool(since or execution or batch or pattern)
    number = lines or (None if selecting else _LINES)
    if source and set(source) & set(_SERVERS):
        if len(source) > 1 or selecting or json:
            raise Refused(f"{' and '.join(_SERVERS)} have a log each, without further options")
        _server_log(project, source[0], lines or _LINES, follow)
        return
    from mailroom.cli.daily.functions.log_lines import print_records
    from mailroom.cli.daily.functions.log_reading import Asked, FunctionLogs

    asked = Asked(source or [], since, execution, batch, pattern)
    with Progress(errors).waiting_for("Reading the logs"):
        function_logs = FunctionLogs(project, asked)
        found = function_logs.all()
    print_records(found[-number:] if number else found, as_json=json)
    if not found and not follow:
        errors.print("no function logged such a record; functions log when they run", style="dim")
    if follow and not function_logs.can_follow:
        raise NotUp
    while follow:
        time.sleep(_POLL_SECONDS)
        print_records(function_logs.fresh(), as_json=json)


def _server_log(project: Project, server: str, lines: int, follow: bool) -> None:
    from mailroom.environments.compose.environment import ComposeEnvironment
    from mailroom.environments.selection import choose

    environment = choose(project)
    if isinstance(environment, ComposeEnvironment):
        environment.show_log(server, lines, follow)
        return
    fresh = _file_log(project.logs / f"{server}.log")
    for line in fresh()[-lines:]:
        print(line)
    while follow:
        time.sleep(_POLL_SECONDS)
        for line in fresh():
            print(line, flush=True)


def _file_log(path: Path) -> Callable[[], list[str]]:
    if not path.exists():
        raise Refused(f"there is no log at {path}", "nothing was started yet: mailroom up")
    log = path.open(errors="replace")
    unfinished = ""

    def fresh() -> list[str]:
        nonlocal unfinished
        *lines, unfinished = (unfinished + log.read()).split("\n")
        return lines

    return fresh
