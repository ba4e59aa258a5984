"""`mailroom up`, `down` and `reset`."""

import sys
from collections.abc import Iterable
from enum import StrEnum
from typing import Annotated

import typer

from mailroom.cli.daily.status import print_status
from mailroom.cli.output import errors
from mailroom.errors import Refused
from mailroom.progress import Progress
from mailroom.project import Project

Port = Annotated[
    int | None,
    typer.Option(
        min=1, max=65535, envvar="MAILROOM_PORT", help="LocalStack's port; 4566 the first time."
    ),
]
Packaged = Annotated[
    bool, typer.Option("--packaged", help="Run exactly the zip that would go to AWS.")
]
Parameters = Annotated[
    list[str] | None,
    typer.Option(
        "--parameter",
        "-p",
        metavar="NAME=VALUE",
        help="Template parameter, also for the next time; may be repeated.",
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
        "--restart", help="Restart LocalStack, even if messages in its queues are lost by it."
    ),
]


Containers = Annotated[
    bool, typer.Option("--compose", help="In containers, by docker-compose.yml.")
]


class Iam(StrEnum):
    """What happens to a call that its policies don't allow."""

    ENFORCE = "enforce"
    OBSERVE = "observe"
    OFF = "off"


Enforcement = Annotated[
    Iam | None,
    typer.Option(
        "--iam",
        envvar="MAILROOM_IAM",
        help="Refuse what policies don't allow, only note it, or allow everything; enforce until"
        " another is asked for. LocalStack is restarted for it.",
    ),
]


def up(
    port: Port = None,
    packaged: Packaged = False,
    parameter: Parameters = None,
    compose: Containers = False,
    iam: Enforcement = None,
    unset: Unset = None,
    restart: Restart = False,
) -> None:
    """Start LocalStack and Postgres, deploy the topology, migrate the database."""
    project, parameters = Project.find(), _parsed(parameter or [])
    mode, forgotten = iam.value if iam else None, unset or []
    if compose:
        from mailroom.environments.compose.environment import ComposeEnvironment
        from mailroom.environments.compose.startup import start_containers

        containers = ComposeEnvironment(project)
        start_containers(
            containers, Progress(errors), port, packaged, parameters, forgotten, mode, restart
        )
        print_status(containers)
    else:
        from mailroom.environments.embedded.environment import EmbeddedEnvironment
        from mailroom.environments.embedded.startup import start_environment

        embedded = EmbeddedEnvironment(project)
        start_environment(
            embedded, Progress(errors), port, packaged, parameters, forgotten, mode, restart
        )
        print_status(embedded)


def down() -> None:
    """Stop everything that `up` started, in containers too. The data stays."""
    from mailroom.environments.selection import left_alone, local_environments

    project, progress = Project.find(), Progress(errors)
    with progress.waiting_for("Stopping what is up"):
        environments = local_environments(project)
        stopped = [one.name for one in environments if one.down(progress.waiting)]
    errors.print(f"down: {', '.join(stopped)}" if stopped else "nothing was up")
    _show(left_alone(project))


def reset(
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """Stop everything, and delete the data, the logs and what was built, in containers too."""
    from mailroom.environments.selection import left_alone, local_environments, ownerless

    project, progress = Project.find(), Progress(errors)
    environments = local_environments(project)
    deletions = [line for one in environments for line in one.deletions()]
    _show([*left_alone(project), *ownerless(project)])
    if not deletions:
        errors.print("there is nothing to delete")
        return
    _show(f"to be deleted: {line}" for line in deletions)
    if not yes and not _confirmed("Delete all of it?"):
        raise Refused("nothing was deleted")
    with progress.waiting_for("Stopping and deleting"):
        for environment in environments:
            environment.reset(progress.waiting)
    errors.print("reset")


def _show(lines: Iterable[str]) -> None:
    for line in lines:
        errors.print(line, markup=False)


def _confirmed(question: str) -> bool:
    if not sys.stdin.isatty():
        raise Refused("this deletes data and there is no terminal to ask on", "add --yes")
    return typer.confirm(question)


def _parsed(parameters: list[str]) -> dict[str, str]:
    pairs = [parameter.partition("=") for parameter in parameters]
    malformed = [name for name, equals, _ in pairs if not equals]
    if malformed:
        raise Refused(f"not NAME=VALUE: {', '.join(malformed)}")
    return {name: value for name, _, value in pairs}
