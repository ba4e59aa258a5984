"""`mailroom debug`."""

from json import dumps
from typing import Annotated

import typer

from mailroom.cli.options import AsJson
from mailroom.cli.output import errors
from mailroom.debugging import DEFAULT_PORT
from mailroom.errors import Refused
from mailroom.project import Project

LAUNCH_CONFIGURATION = "Mailroom: attach to function"
_MEANINGS = {
    "armed": "the next invocation waits for a debugger",
    "waiting": "an invocation waits for a debugger, without a timeout",
    "attached": "a debugger is attached: the timeout is suspended",
    "detached": "the debugger is detached: the timeout counts again",
    "ended": "the invocation has ended",
}


def debug(
    function: Annotated[
        str | None,
        typer.Argument(
            help="Function whose next invocation waits for a debugger, as process_messages; its"
            " logical or physical name or its ARN, too."
        ),
    ] = None,
    port: Annotated[
        int, typer.Option(min=1, max=65535, help="Port of 127.0.0.1 that the debugger connects to.")
    ] = DEFAULT_PORT,
    containing: Annotated[
        str,
        typer.Option(
            metavar="TEXT", help="Only an invocation whose event contains this in its JSON."
        ),
    ] = "",
    off: Annotated[bool, typer.Option("--off", help="Disarm all debuggers.")] = False,
    json: AsJson = False,
) -> None:
    """Have the next invocation of a function wait for a debugger, with its timeout suspended.

    Prints each state until the invocation ends. Ctrl-C disarms: a waiting invocation continues
    without a debugger.
    """
    from mailroom.cli.connection import connected
    from mailroom.debugging import armed, disarm

    if (function is None) != off:
        raise Refused("name a function, or --off", "as in: mailroom debug process_messages")
    project = Project.find()
    environment = connected(project)
    if environment.name == "compose":
        raise Refused(
            "a function in a container can't be debugged: no port leads there",
            "debug it in the embedded environment: mailroom down; mailroom up",
        )
    if function is None:
        disarm(environment.endpoint)
        return
    name = environment.topology.function(function)
    with armed(environment.endpoint, name, port, project.functions, containing) as states:
        _show_how(port)
        for state in states:
            document = {"state": state.name, "requestId": state.request_id}
            print(dumps(document) if json else f"{state.name}: {_MEANINGS[state.name]}", flush=True)


def _show_how(port: int) -> None:
    elsewhere = "" if port == DEFAULT_PORT else f", with port {port} in .vscode/launch.json"
    errors.print(
        f'attach VS Code by its launch configuration "{LAUNCH_CONFIGURATION}"{elsewhere}, or any'
        f" client of the Debug Adapter Protocol to 127.0.0.1:{port}; Ctrl-C disarms",
        style="dim",
        markup=False,
    )
