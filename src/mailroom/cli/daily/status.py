"""`mailroom status`."""

from typing import TYPE_CHECKING, Any

import typer

from mailroom.cli.options import AsJson
from mailroom.cli.output import errors, show_json, show_table
from mailroom.errors import EXIT_FAILURE
from mailroom.progress import Progress
from mailroom.project import Project

if TYPE_CHECKING:
    from mailroom.environments.embedded.environment import EmbeddedEnvironment
    from mailroom.environments.selection import LocalEnvironment


def status(json: AsJson = False) -> None:
    """Show what is up, and where. Exit code 0 when all of it is up."""
    from mailroom.environments.selection import choose, left_alone

    project = Project.find()
    up = print_status(choose(project), json)
    for line in left_alone(project):
        errors.print(line, markup=False)
    if not up:
        raise typer.Exit(EXIT_FAILURE)


def print_status(environment: "LocalEnvironment", json: bool = False) -> bool:
    """Print the parts of an environment; returns whether all of it is up."""
    from mailroom.environments.compose.environment import ComposeEnvironment

    with Progress(errors).waiting_for("Looking what is up"):
        if isinstance(environment, ComposeEnvironment):
            parts = environment.parts()
            for line in environment.earlier_containers():
                errors.print(line, markup=False)
        else:
            parts = _parts(environment)
    if json:
        show_json({part.pop("part"): part for part in parts})
    else:
        show_table(
            ["part", "state", "where", "pid"],
            [[part["part"], part["state"], part["where"], part["pid"]] for part in parts],
        )
    return all(part["state"] == "up" for part in parts)


def _parts(embedded: "EmbeddedEnvironment") -> list[dict[str, Any]]:
    state = embedded.state
    if state is None:
        return [
            {"part": part, "state": "down", "where": None, "pid": None}
            for part in ("LocalStack", "Postgres", "topology")
        ]
    environment = embedded.environment(state)
    localstack = embedded.localstack(state)
    answers = bool(state.localstack and state.localstack.alive() and localstack.answers())
    database = bool(state.postgres and state.postgres.alive())
    return [
        _part("LocalStack", answers, localstack.endpoint, state.localstack),
        _part("Postgres", database, environment.database, state.postgres),
        _part("topology", answers and state.ready, f"stack {environment.stack}, embedded", None),
    ]


def _part(name: str, up: bool, where: str, process: Any) -> dict[str, Any]:
    return {
        "part": name,
        "state": "up" if up else "down",
        "where": where if up else None,
        "pid": process.pid if up and process else None,
    }
