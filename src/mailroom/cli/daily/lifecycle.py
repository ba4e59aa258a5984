"""`mailroom up`, `down` and `reset`."""

from collections.abc import Iterable
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from mailroom.cli.daily.status import print_status
from mailroom.cli.options import Yes, require
from mailroom.cli.output import errors
from mailroom.deployment.parameters import parse_parameters
from mailroom.environments.ports import AUTO, is_port
from mailroom.errors import Refused
from mailroom.progress import Progress
from mailroom.project import Project

if TYPE_CHECKING:
    from mailroom.environments.selection import LocalEnvironment
    from mailroom.environments.up_options import UpOptions


def _port(text: str) -> int:
    """A port, or AUTO for `auto`."""
    if text == "auto":
        return AUTO
    if not is_port(text):
        raise typer.BadParameter(f"{text!r} is neither a port, 1 to 65535, nor auto.")
    return int(text)


Port = Annotated[
    int | None,
    typer.Option(
        parser=_port,
        metavar="PORT",
        envvar="MAILROOM_PORT",
        help="LocalStack's port; at first 4566. `auto`: another if that one is taken.",
    ),
]
Packaged = Annotated[bool, typer.Option("--packaged", help="Run the zip that would go to AWS.")]
Parameters = Annotated[
    list[str] | None,
    typer.Option(
        "--parameter",
        "-p",
        metavar="NAME=VALUE",
        help="Template parameter, also of later `up`s; may be repeated.",
    ),
]
Unset = Annotated[
    list[str] | None,
    typer.Option(
        "--unset",
        metavar="NAME",
        help="Forget a template parameter of an earlier `up`; may be repeated.",
    ),
]
Restart = Annotated[
    bool,
    typer.Option(
        "--restart", help="Restart LocalStack, even if an execution or a message is lost."
    ),
]


Containers = Annotated[
    bool, typer.Option("--compose", help="Run in containers, by docker-compose.yml.")
]

WithConsole = Annotated[
    bool, typer.Option("--console", help="Start the console too: web pages that show it.")
]


class Iam(StrEnum):
    """What LocalStack does with a call that policies don't allow."""

    ENFORCE = "enforce"
    OBSERVE = "observe"
    OFF = "off"


Enforcement = Annotated[
    Iam | None,
    typer.Option(
        "--iam",
        envvar="MAILROOM_IAM",
        help="Deny what policies don't allow, only record it, or allow everything; enforce until"
        " another is asked for. LocalStack is restarted for it.",
    ),
]


class Durability(StrEnum):
    """Whether what LocalStack acknowledges survives its end."""

    ON = "on"
    OFF = "off"


Surviving = Annotated[
    Durability | None,
    typer.Option(
        "--durability",
        envvar="MAILROOM_DURABILITY",
        help="Keep messages, objects, executions and secrets over the end of LocalStack, or in"
        " memory alone; on until another is asked for. LocalStack is restarted for it.",
    ),
]


def up(
    port: Port = None,
    packaged: Packaged = False,
    parameter: Parameters = None,
    compose: Containers = False,
    iam: Enforcement = None,
    durability: Surviving = None,
    unset: Unset = None,
    restart: Restart = False,
    console: WithConsole = False,
) -> None:
    """Start LocalStack and Postgres, deploy the topology, migrate the database."""
    from mailroom.environments.up_options import UpOptions

    project = Project.find()
    options = UpOptions(
        port=port,
        packaged=packaged,
        parameters=parse_parameters(parameter or []),
        unset=unset or (),
        iam=iam.value if iam else None,
        restart=restart,
        durability=durability.value if durability else None,
    )
    if not project.is_workflow:
        _up_application(project, compose, options)
    else:
        from mailroom.environments.ending import what_waits

        local = _start_workflow(project, compose, options)
        print_status(local)
        _show(what_waits(local))
    _show([console_line(project, start=console)])


def _start_workflow(project: Project, compose: bool, options: "UpOptions") -> "LocalEnvironment":
    if compose:
        from mailroom.environments.compose.environment import ComposeEnvironment
        from mailroom.environments.compose.startup import start_containers

        containers = ComposeEnvironment(project)
        start_containers(containers, Progress(errors), options)
        return containers
    from mailroom.environments.embedded.environment import EmbeddedEnvironment
    from mailroom.environments.embedded.startup import start_environment

    embedded = EmbeddedEnvironment(project)
    start_environment(embedded, Progress(errors), options)
    return embedded


def _up_application(project: Project, compose: bool, options: "UpOptions") -> None:
    from mailroom.environments.embedded.application import start_application
    from mailroom.environments.embedded.environment import EmbeddedEnvironment

    if compose:
        raise Refused("--compose is for the message workflow alone", "leave it out")
    embedded = EmbeddedEnvironment(project)
    start_application(embedded, Progress(errors), options)
    print_status(embedded)


def console_line(project: Project, start: bool) -> str:
    """The console's address, or how to start it.

    Args:
        project: The checkout.
        start: Start it, without waiting for it, unless it runs.
    """
    from mailroom.console.background import ConsoleProcess

    process = ConsoleProcess(project)
    url = process.start_here() if start else process.url
    return f"console: {url}" if url else "console: start it with mailroom console"


def down(yes: Yes = False) -> None:
    """Stop what `up` started, in containers too. The data stays, and messages in queues.

    With --durability=off it asks before messages or running executions are lost.
    """
    from mailroom.console.background import ConsoleProcess
    from mailroom.environments.ending import at_the_end
    from mailroom.environments.selection import left_alone, local_environments

    project, progress = Project.find(), Progress(errors)
    environments = local_environments(project)
    ends = [at_the_end(one) for one in environments]
    if lost := " and ".join(lost for lost, _ in ends if lost):
        errors.print(f"lost without durability: {lost}")
        require("Stop LocalStack all the same?", yes)
    with progress.waiting_for("Stopping what is up"):
        stopped = [one.name for one in environments if one.down(progress.waiting)]
        stopped += ["console"] if ConsoleProcess(project).stop() else []
    errors.print(f"down: {', '.join(stopped)}" if stopped else "nothing was up")
    _show([line for _, kept in ends for line in kept])
    _show(left_alone(project))


def reset(
    yes: Yes = False,
) -> None:
    """Stop the environment and delete its data, logs and builds, in containers too."""
    from mailroom.console.background import ConsoleProcess
    from mailroom.environments.selection import left_alone, local_environments, ownerless

    project, progress = Project.find(), Progress(errors)
    environments = local_environments(project)
    deletions = [line for one in environments for line in one.deletions()]
    _show([*left_alone(project), *ownerless(project)])
    if not deletions:
        errors.print("there is nothing to delete")
        return
    _show(f"to be deleted: {line}" for line in deletions)
    require("Delete all of it?", yes)
    with progress.waiting_for("Stopping and deleting"):
        ConsoleProcess(project).remove()
        for environment in environments:
            environment.reset(progress.waiting)
    errors.print("reset")


def _show(lines: Iterable[str]) -> None:
    for line in lines:
        errors.print(line, markup=False)
