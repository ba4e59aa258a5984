"""`mailroom trace`."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mailroom.cli.options import LOCAL, AsJson, LocalOrEnv
from mailroom.cli.output import console, errors, show_json, show_table
from mailroom.errors import Refused
from mailroom.progress import Progress
from mailroom.project import Project

if TYPE_CHECKING:
    from mailroom.tracing.steps import Message, Step, Way

_LOG_LINES = 10


def trace(
    word: Annotated[
        str, typer.Argument(metavar="ID", help="Its id, source, subject, or a word in it.")
    ],
    source: Annotated[str | None, typer.Option(help="Only of this source.")] = None,
    env: LocalOrEnv = LOCAL,
    json: AsJson = False,
) -> None:
    """Show a message's way: published, delivered, received, ingested or dead, and why.

    If several messages are found, they are listed.
    """
    from mailroom.cli.connection import connected_to
    from mailroom.tracing.way import Tracer

    environment = connected_to(Project.find_workflow(), env, database=False)
    tracer, missing = Tracer(environment), list[str]()
    with Progress(errors).waiting_for("Looking for the message"):
        found = [one for one in tracer.find(word, missing=missing) if source in (None, one.source)]
    if not found:
        looked = [f"missing: {sentence}" for sentence in missing]
        hint = "\n".join([*looked, "all that were ingested: mailroom messages"])
        raise Refused(f"no message has {word!r}", hint)
    if len(found) > 1:
        _list(found, json)
        return
    with Progress(errors).waiting_for("Following the message"):
        way = tracer.follow(found[0])
    if json:
        show_json(way.document())
    else:
        _show(way)


def _list(found: "list[Message]", json: bool) -> None:
    columns = ["id", "source", "type", "subject", "batch"]
    rows: list[dict[str, Any]] = [
        {"message_ids": sorted(one.message_ids)} | {name: getattr(one, name) for name in columns}
        for one in found
    ]
    if json:
        show_json(rows)
        return
    for row in rows:
        row["id"] = row["id"] or row["message_ids"][0]
    show_table(columns, [[row[name] for name in columns] for row in rows])
    errors.print("one of them: mailroom trace ID --source SOURCE")


def _show(way: "Way") -> None:
    message = way.message
    rows: list[list[object]] = [
        ["id", message.id or ", ".join(sorted(message.message_ids))],
        ["source", message.source],
        ["type", message.type],
        ["batch", message.batch],
        ["outcome", way.outcome],
    ]
    show_table(["message", ""], rows)
    show_table(
        ["time", "step", "what"], [[_time(step), step.kind, step.text] for step in way.steps]
    )
    shown: set[str] = set()
    for step in way.steps:
        _explain(step, shown)
    for sentence in way.missing:
        errors.print(f"missing: {sentence}", markup=False)


def _explain(step: "Step", shown: set[str]) -> None:
    """The statement that would allow a refused call, and the log of an invocation that failed."""
    import json

    if statement := step.details.get("statement"):
        text = json.dumps(statement)
        if text not in shown:
            _line(f"this statement allows it: {text}")
        shown.add(text)
    log = step.details.get("log")
    if step.failed and log and step.invocation and step.invocation not in shown:
        shown.add(step.invocation)
        _line(f"log of invocation {step.invocation}:")
        for line in log[-_LOG_LINES:]:
            _line(f"  {line}")


def _line(text: str) -> None:
    console.print(text, markup=False, highlight=False, soft_wrap=True)


def _time(step: "Step") -> str | None:
    if step.at is None:
        return "now"
    return f"{datetime.fromtimestamp(step.at).astimezone():%H:%M:%S.%f}"[:-3]
