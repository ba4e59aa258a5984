"""`mailroom console`."""

from typing import Annotated

import typer

from mailroom.cli.output import errors
from mailroom.errors import Refused
from mailroom.progress import Progress
from mailroom.project import Project

Port = Annotated[
    int | None,
    typer.Option(
        min=1, max=65535, envvar="MAILROOM_CONSOLE_PORT", help="The console's port; at first 4580."
    ),
]


def console(
    port: Port = None,
    env: Annotated[
        str | None,
        typer.Option("--env", help="Show this account's environment; else what is up here."),
    ] = None,
    write: Annotated[
        bool, typer.Option("--write", help="With --env: allow what changes something there.")
    ] = False,
    stop: Annotated[bool, typer.Option("--stop", help="Stop the console.")] = False,
    open_: Annotated[bool, typer.Option("--open", help="Open it in a browser.")] = False,
) -> None:
    """Start the console, web pages on 127.0.0.1 that show the environment; print its address.

    It keeps running when LocalStack is restarted; `mailroom down` stops it.
    """
    from mailroom.console.background import ConsoleProcess

    process = ConsoleProcess(Project.find())
    if stop:
        errors.print("console stopped" if process.stop() else "no console was up")
        return
    if write and not env:
        raise Refused("--write is for an account", "name its environment: --env NAME")
    with Progress(errors).waiting_for("Starting the console"):
        url = process.start(port, env, write)
        process.wait(url)
    print(url)
    if open_:
        import webbrowser

        webbrowser.open(url)
