"""`mailroom status`."""

import importlib.metadata
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
            for line in environment.inventory.earlier_containers():
                errors.print(line, markup=False)
        else:
            found = _parts(environment)
            # An application may have no database.
            parts = [one for one in found if environment.has_database or one["part"] != "Postgres"]
    up = all(part["state"] == "up" for part in parts)
    if json:
        show_json({part.pop("part"): part for part in parts})
        return up
    columns = ["part", "state", "where", "pid"]
    show_table(columns, [[part[column] for column in columns] for part in parts])
    show_table(["setting", "value"], _settings(parts))
    return up


def _settings(parts: list[dict[str, Any]]) -> list[list[object]]:
    """The fields that not every part has, as text."""
    by_name = {part["part"]: part for part in parts}
    localstack, topology = by_name["LocalStack"], by_name["topology"]
    parameters = topology["parameters"].items()
    postgres = [["Postgres", by_name["Postgres"]["version"]]] if "Postgres" in by_name else []
    return [
        ["code", topology["code"]],
        ["IAM mode", localstack["iam"]],
        ["parameters", " ".join(f"{name}={value}" for name, value in parameters) or None],
        ["Mailroom", topology["version"]],
        ["LocalStack", localstack["version"]],
        *postgres,
    ]


def _parts(embedded: "EmbeddedEnvironment") -> list[dict[str, Any]]:
    state = embedded.state
    mailroom = importlib.metadata.version("mailroom")
    if state is None:
        return [
            {**_part("LocalStack", False), "version": None, "iam": None},
            {**_part("Postgres", False), "version": None},
            {**_part("topology", False), "version": mailroom, "code": None, "parameters": {}},
        ]
    localstack, postgres = embedded.localstack(state), embedded.postgres(state)
    alive = bool(state.localstack and state.localstack.alive())
    version = localstack.version() if alive else None
    answers = version is not None
    database = bool(state.postgres and state.postgres.alive())
    deployed = answers and state.ready
    where = f"stack {embedded.config.stack}, embedded"
    return [
        {
            **_part("LocalStack", answers, localstack.endpoint, state.localstack),
            "version": version,
            "iam": state.iam if answers else None,
        },
        {
            **_part("Postgres", database, postgres.dsn(), state.postgres),
            "version": postgres.version() if database else None,
        },
        {
            **_part("topology", deployed, where),
            "version": mailroom,
            "code": ("packaged" if state.packaged else "live") if deployed else None,
            "parameters": state.parameters,
        },
    ]


def _part(name: str, up: bool, where: str = "", process: Any = None) -> dict[str, Any]:
    return {
        "part": name,
        "state": "up" if up else "down",
        "where": where if up else None,
        "pid": process.pid if up and process else None,
    }
