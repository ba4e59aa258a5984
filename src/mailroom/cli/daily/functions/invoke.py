"""`mailroom invoke`."""

import json as json_
import time
from typing import Annotated, Any

import typer

from mailroom.cli.documents import read_document
from mailroom.cli.options import AsJson
from mailroom.cli.output import errors, show_json
from mailroom.errors import EXIT_FAILURE, Refused
from mailroom.progress import Progress
from mailroom.project import Project


def invoke(
    function: Annotated[
        str,
        typer.Argument(help="As publish, PublishMessagesFunction, its physical name, or its ARN."),
    ],
    event: Annotated[
        str, typer.Argument(metavar="[EVENT]", help="JSON text, a file of JSON, or - for stdin.")
    ] = "{}",
    asynchronous: Annotated[
        bool, typer.Option("--async", help="Queue the event, and do not wait for the answer.")
    ] = False,
    sample: Annotated[
        bool, typer.Option("--sample", help="Print an event that the function takes, and end.")
    ] = False,
    json: AsJson = False,
) -> None:
    """Invoke a function: print its answer, its log and its duration.

    Exit code 1 when the function fails. The answer goes to standard output, the rest to standard
    error.
    """
    from mailroom.cli.connection import connected
    from mailroom.invocation import invoke, invoke_async

    project = Project.find()
    if sample:
        show_json(_sample(project, function))
        return
    given = read_document(event, "EVENT", "mailroom invoke FUNCTION --sample").value
    environment = connected(project)
    name = environment.topology.function(function)
    if asynchronous:
        request_id = invoke_async(environment.session, name, given)
        if json:
            show_json({"function": name, "requestId": request_id})
        else:
            print(request_id)
        errors.print(f"""its log: mailroom logs {function} --filter '"{request_id}"'""")
        return
    started = time.monotonic()
    with Progress(errors).waiting_for(f"Invoking {name}"):
        answer = invoke(environment.session, name, given, log=True)
    milliseconds = round((time.monotonic() - started) * 1000, 1)
    log = answer.log.splitlines()
    if json:
        show_json(
            {
                "function": name,
                "requestId": answer.request_id,
                "failed": answer.failed,
                "answer": answer.payload,
                "milliseconds": milliseconds,
                "log": log,
            }
        )
    else:
        for line in log:
            errors.print(line, markup=False, style="dim")
        errors.print(f"{name} answered after {milliseconds:.0f} ms")
        show_json(answer.payload)
    if answer.failed:
        errors.print("[red bold]error:[/] the function failed: ", end="")
        errors.print(answer.error, markup=False)
        raise typer.Exit(EXIT_FAILURE)


def _sample(project: Project, function: str) -> Any:
    """The sample event of a function, by any of its names.

    Raises:
        Refused: There is none.
    """
    files = sorted((project.root / "samples" / "events").glob("*.json"))
    wanted = _plain(function)
    for file in files:
        name = _plain(file.stem)
        if wanted and (name.startswith(wanted) or name in wanted):
            return json_.loads(file.read_text())
    known = ", ".join(file.stem for file in files)
    raise Refused(f"there is no sample event for {function}", f"there are samples for: {known}")


def _plain(name: str) -> str:
    """PublishMessagesFunction and publish_messages → publishmessages."""
    return name.lower().replace("_", "").removesuffix("function")
