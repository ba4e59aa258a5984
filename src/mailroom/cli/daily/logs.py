"""`mailroom logs`."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated

import typer

from mailroom.errors import Refused
from mailroom.project import Project

_SERVERS = ("localstack", "postgres")


def logs(
    source: Annotated[
        str,
        typer.Argument(help="localstack, postgres or a function, as publish, process or migrate."),
    ],
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Follow the log.")] = False,
    lines: Annotated[
        int, typer.Option("--lines", "-n", min=1, help="Number of lines from the end.")
    ] = 50,
) -> None:
    """Print the log of LocalStack, Postgres or a function."""
    from mailroom.environments.compose.environment import ComposeEnvironment
    from mailroom.environments.selection import choose

    project = Project.find()
    environment = choose(project)
    if source in _SERVERS and isinstance(environment, ComposeEnvironment):
        environment.show_log(source, lines, follow)
        return
    new_lines = (
        _file_log(project.logs / f"{source}.log")
        if source in _SERVERS
        else _function_log(project, source)
    )
    for line in new_lines()[-lines:]:
        print(line)
    while follow:
        time.sleep(0.5)
        for line in new_lines():
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


def _function_log(project: Project, function: str) -> Callable[[], list[str]]:
    from mailroom.cli.connection import connected

    environment = connected(project)
    client = environment.session.client("logs")
    group = environment.topology.log_group(function)
    seen: set[str] = set()
    since = 0

    def fresh() -> Iterator[str]:
        nonlocal since
        pages = client.get_paginator("filter_log_events")
        for page in pages.paginate(logGroupName=group, startTime=since):
            for event in page["events"]:
                if event["eventId"] not in seen:
                    seen.add(event["eventId"])
                    since = max(since, event["timestamp"])
                    yield event["message"].rstrip()

    return lambda: list(fresh())
