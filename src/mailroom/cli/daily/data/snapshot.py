"""`mailroom snapshot`."""

from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from mailroom.cli.daily.lifecycle import Port, Unset
from mailroom.cli.options import AsJson, Yes, require
from mailroom.cli.output import errors, show_json, show_table
from mailroom.cli.times import shown
from mailroom.environments.embedded.environment import EmbeddedEnvironment
from mailroom.environments.embedded.snapshots import Snapshots
from mailroom.environments.up_options import UpOptions
from mailroom.errors import Refused
from mailroom.progress import Progress
from mailroom.project import Project

Name = Annotated[str, typer.Argument(metavar="NAME", help="The snapshot's name.")]
File = Annotated[Path, typer.Argument(metavar="FILE", help="The archive, as demo.tar.gz.")]

app = typer.Typer(
    help="Save what an environment has stored, and go back to it.", no_args_is_help=True
)


@app.callback()
def _group() -> None:
    """Save what an environment has stored, and go back to it."""


@app.command()
def save(name: Name) -> None:
    """Save queues, objects, executions, secrets, template parameters and Postgres.

    What runs is paused for a moment.
    """
    progress, embedded = Progress(errors), _embedded()
    _require_embedded(embedded.project)
    with progress.waiting_for("Copying what is stored"):
        snapshots = Snapshots(embedded)
        made = snapshots.save(name, progress.waiting)
        size = snapshots.size(made)
    errors.print(f"saved: {name}, {size / 1e6:.0f} MB", markup=False)


@app.command("list")
def list_(json: AsJson = False) -> None:
    """List the snapshots, the oldest first."""
    snapshots = Snapshots(_embedded())
    found = snapshots.all()
    if json:
        show_json([{**asdict(one), "bytes": snapshots.size(one)} for one in found])
        return
    if not found:
        errors.print("no snapshots: mailroom snapshot save NAME makes one", style="dim")
        return
    show_table(
        ["name", "created", "size", "Mailroom"],
        [
            [
                one.name,
                shown(datetime.fromisoformat(one.created)),
                f"{snapshots.size(one) / 1e6:.0f} MB",
                one.mailroom,
            ]
            for one in found
        ],
    )


@app.command()
def load(name: Name, port: Port = None, unset: Unset = None, yes: Yes = False) -> None:
    """Replace what the environment has stored by a snapshot, and bring the environment up."""
    embedded = _embedded()
    _require_embedded(embedded.project)
    snapshot = Snapshots(embedded).find(name)
    if embedded.state:
        require(f"Replace what this environment has stored by snapshot {name}?", yes)
    progress = Progress(errors)
    with progress.step("Snapshot") as step:
        Snapshots(embedded).put_back(snapshot, port, unset or (), progress.waiting)
        step.result = name
    _bring_up(embedded, progress, UpOptions(port=port, durability="on"))


@app.command()
def remove(name: Name, yes: Yes = False) -> None:
    """Delete a snapshot."""
    snapshots = Snapshots(_embedded())
    found = snapshots.find(name)
    require(f"Delete snapshot {name}?", yes)
    snapshots.remove(found, Progress(errors).waiting)
    errors.print(f"removed: {name}", markup=False)


@app.command()
def export(name: Name, file: File) -> None:
    """Write a snapshot to an archive. It has passwords and secrets: its owner alone can read it."""
    snapshots = Snapshots(_embedded())
    found = snapshots.find(name)
    with Progress(errors).waiting_for(f"Writing {file}"):
        snapshots.export(found, file)
    errors.print(f"written: {file}", markup=False)


@app.command("import")
def import_(file: File) -> None:
    """Add the snapshot of an archive that `export` wrote.

    Loading it runs what is in it: take it only from whom you would take code.
    """
    progress = Progress(errors)
    with progress.waiting_for(f"Reading {file}"):
        found = Snapshots(_embedded()).take_in(file, progress.waiting)
    errors.print(f"added: {found.name}; mailroom snapshot load {found.name}", markup=False)


def _bring_up(embedded: EmbeddedEnvironment, progress: Progress, options: UpOptions) -> None:
    if embedded.project.is_workflow:
        from mailroom.environments.embedded.startup import start_environment

        start_environment(embedded, progress, options)
    else:
        from mailroom.environments.embedded.application import start_application

        start_application(embedded, progress, options)


def _embedded() -> EmbeddedEnvironment:
    return EmbeddedEnvironment(Project.find())


def _require_embedded(project: Project) -> None:
    from mailroom.environments.selection import choose

    if choose(project).name != "embedded":
        raise Refused(
            "containers have no snapshots: their data is in volumes of Docker",
            "snapshots are of the embedded environment",
        )
