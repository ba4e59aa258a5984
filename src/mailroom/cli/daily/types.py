"""`mailroom types`."""

from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mailroom.cli.daily.contracts import asyncapi, compare, migrate
from mailroom.cli.options import AsJson, Yes, require
from mailroom.cli.output import errors, show_json, show_table
from mailroom.environments.environment import Environment
from mailroom.errors import NotUp, Refused
from mailroom.progress import Progress
from mailroom.project import Project

if TYPE_CHECKING:
    from mailroom.types.described import MessageType
    from mailroom.types.usage import Usage

app = typer.Typer(help="List, show, add or remove message types.")

Name = Annotated[str, typer.Argument(metavar="TYPE", help="The type's name.")]


@app.callback(invoke_without_command=True)
def types(context: typer.Context, json: AsJson = False) -> None:
    """List, show, add or remove message types."""
    if context.invoked_subcommand is not None:
        return
    from mailroom.environments.table_trial import require_tables
    from mailroom.types.described import read_types

    project = Project.find_workflow()
    with Progress(errors).waiting_for("Reading the message types"):
        found = read_types(project)
        require_tables(project)
        environment = _environment(project)
        counts = _usage(environment, [one.name for one in found]) if environment else {}
    if json:
        show_json([_document(one, counts.get(one.name)) for one in found])
        return
    show_table(
        ["type", "fields", "table", "queue", "rows", "queued", "dead"],
        [
            [
                one.name,
                ", ".join(f"{c.key}{'?' if c.nullable else ''}" for c in one.columns),
                one.table,
                f"{one.resource}Queue",
                *_counts(counts.get(one.name)),
            ]
            for one in found
        ],
        gives_way=("queue", "table"),
    )


@app.command()
def show(name: Name, json: AsJson = False) -> None:
    """Show a type's fields and columns."""
    from mailroom.types.described import read_types
    from mailroom.types.folder import find_type

    one = find_type(read_types(Project.find_workflow()), name)
    if json:
        show_json(_document(one, None))
        return
    described = one.schema["properties"]
    show_table(
        ["field", "column", "type in Postgres", "required", "values", "what it is"],
        [
            [
                column.key,
                column.name,
                column.sql,
                "no" if column.nullable else "yes",
                ", ".join(column.values) or None,
                described.get(column.key, {}).get("description"),
            ]
            for column in one.columns
        ],
        title=f"{one.name}: {one.title}",
        gives_way=("column",),
    )
    settings = {k: v for k, v in one.settings.items() if k != "grants"}
    action = {"action": "yes" if one.action else "no"}
    show_table(["setting", "value"], [*settings.items(), *action.items()])


@app.command()
def schema(name: Name) -> None:
    """Print the JSON Schema (2020-12) of the data of a type's events."""
    from mailroom.types.described import read_types
    from mailroom.types.folder import find_type

    show_json(find_type(read_types(Project.find_workflow()), name).schema)


for command in (asyncapi, compare, migrate):
    app.command()(command)


@app.command()
def add(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The new type's name.")],
    field: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME:TYPE",
            help="A field, as amount:decimal, due:date? (optional) or level:low|high. May be"
            " repeated. Types: text, int, decimal, float, bool, date, datetime, uuid, json, list.",
        ),
    ] = None,
    from_sample: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Find the fields in messages: JSON Lines or an array."),
    ] = None,
    from_schema: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Take the fields of a JSON Schema.")
    ] = None,
) -> None:
    """Add a message type: write its folder, and bring the definitions up to date."""
    from mailroom.types.fields import parse_field
    from mailroom.types.folder import add_type
    from mailroom.types.inference import fields_of_samples, fields_of_schema

    given = (bool(field), from_sample is not None, from_schema is not None).count(True)
    if given != 1:
        said = "fields are required" if not given else "fields can be given in one way only"
        raise Refused(said, "by one of: --field, --from-sample, --from-schema")
    fields = [parse_field(one) for one in field or ()]
    keys = [one.key for one in fields]
    if twice := sorted({key for key in keys if keys.count(key) > 1}):
        raise Refused(f"--field {' and '.join(twice)}: there more than once")
    samples: list[dict[str, Any]] = []
    if from_sample is not None:
        fields, samples = fields_of_samples(from_sample)
    elif from_schema is not None:
        fields = fields_of_schema(from_schema)
    project = Project.find_workflow()
    with Progress(errors).waiting_for("Writing the type"):
        written = add_type(project, name, fields, samples, taken_names_are_refused=bool(field))
    _tell(project, written)
    folder = written[0].relative_to(project.root)
    errors.print(
        f"Next:\n  look at {folder}/__init__.py and {folder}/migrations\n"
        "  deploy it here:     mailroom up\n"
        f"  send its samples:   mailroom send {folder}/samples.jsonl",
        markup=False,
    )


@app.command()
def remove(
    name: Name,
    drop_table: Annotated[
        bool, typer.Option("--drop-table", help="Drop its tables in the local environment, too.")
    ] = False,
    yes: Yes = False,
) -> None:
    """Remove a message type of which there are no messages, in the environment that is up."""
    from mailroom.types.described import read_types
    from mailroom.types.folder import find_type, remove_type
    from mailroom.types.usage import dropped, require_empty, tables_of

    project = Project.find_workflow()
    with Progress(errors).waiting_for("Looking for messages of the type"):
        known = read_types(project)
        one = find_type(known, name)
        environment = _environment(project)
        found = _usage(environment, [name])[name] if environment else None
    if found is None:
        if drop_table:
            raise NotUp
        require("Nothing is up: messages can't be counted. Remove the type all the same?", yes)
    else:
        require_empty(found, name)
    tables = tables_of(project, one, [other for other in known if other is not one])
    with dropped(environment, one, tables) if drop_table and environment else nullcontext():
        removed = remove_type(project, name)
    _tell(project, removed)
    named = f"{'dropped' if drop_table else 'kept'}: {', '.join(tables or [one.table])}"
    errors.print(f"{named}; deploy the rest here: mailroom up")


@app.command()
def generate() -> None:
    """Bring infra/template.yml and infra/asl.json up to date with the types' folders."""
    from mailroom.types.definitions import update_definitions
    from mailroom.types.described import read_types

    project = Project.find_workflow()
    with Progress(errors).waiting_for("Writing the definitions"):
        written = update_definitions(project, read_types(project))
    _tell(project, written)
    if not written:
        errors.print("nothing to change")


def _tell(project: Project, paths: list[Path]) -> None:
    for path in paths:
        print(path.relative_to(project.root))


def _environment(project: Project) -> Environment | None:
    from mailroom.environments.selection import connect

    try:
        environment = connect(project)
        environment.outputs  # noqa: B018
    except NotUp:
        return None
    return environment


def _usage(environment: Environment, names: list[str]) -> dict[str, "Usage"]:
    from mailroom.types.usage import usage

    return usage(environment, names)


def _counts(found: "Usage | None") -> list[int | None]:
    return [found.rows, found.queued, found.dead] if found else [None, None, None]


def _document(one: "MessageType", found: "Usage | None") -> dict[str, object]:
    return {
        "name": one.name,
        "title": one.title,
        "queue": f"{one.resource}Queue",
        "table": one.table,
        "fields": [column.__dict__ for column in one.columns],
        "settings": one.settings,
        "action": one.action,
        **dict(zip(("rows", "queued", "dead"), _counts(found), strict=True)),
    }
