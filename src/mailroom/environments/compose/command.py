"""Runs `docker` and `docker compose` for one checkout, and translates their errors."""

import json
import os
import subprocess
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property

from mailroom.environments.compose.containers import Container, parse_containers
from mailroom.environments.compose.docker_errors import diagnose, no_command
from mailroom.environments.compose.ownership import (
    LISTING,
    Containers,
    checkout_name,
    path_name,
    sort_out,
    state_name,
)
from mailroom.errors import StartFailed
from mailroom.project import Project

_COMPOSE = ("docker", "compose")
_TIMEOUT_SECONDS = 30


class Compose:
    """The Compose project that belongs to a checkout and a folder of state.

    With the default folder of state its name has a digest of the path. Containers that the checkout
    created under another name, as by `docker compose` alone, belong to it too. With another folder
    of state it has another name, so that both can be up at once.

    Args:
        project: The checkout.
    """

    def __init__(self, project: Project) -> None:
        self._root = project.root
        self._demanded = os.environ.get("COMPOSE_PROJECT_NAME") or None
        if not self._demanded and project.state != project.root / ".mailroom":
            self._demanded = state_name(project.state)

    @cached_property
    def project_name(self) -> str:
        """The project that commands work on: one with containers, else the usual one."""
        used = self.sorted_out().projects
        if len(used) == 1:
            return used[0]
        preferred = [n for n in (self.usual_name, path_name(self._root)) if n in used]
        return [*preferred, *used, self.usual_name][0]

    @cached_property
    def usual_name(self) -> str:
        """The name of the project that `up` creates when there is none."""
        if self._demanded:
            return self._demanded
        document = json.loads(self._ask([*_COMPOSE, "config", "--format", "json"], None))
        name = str(document["name"])
        # Another name than docker-compose.yml's is asked for in .env.
        return checkout_name(self._root) if name == path_name(self._root) else name

    @property
    def command(self) -> list[str]:
        """The beginning of every Compose command line."""
        return [*_COMPOSE, "--project-name", self.project_name]

    def sorted_out(self) -> Containers:
        """All containers of Compose on this machine, the checkout's own and others."""
        return sort_out(self._ask(LISTING, None), self._root, self._demanded)

    def containers(self) -> dict[str, Container]:
        """The checkout's containers in its project by service, running or not."""
        ours = {container.id for container in self.sorted_out().ours}
        if not ours:
            return {}
        listed = parse_containers(self.ask("ps", "--all", "--format", "json"))
        return {name: one for name, one in listed.items() if one.id[:12] in ours}

    def labelled(self, kind: str, project_name: str) -> list[str]:
        """The names of a project's volumes, networks or images.

        Args:
            kind: `volume`, `network` or `image`.
            project_name: The project.
        """
        name = "{{.Repository}}" if kind == "image" else "{{.Name}}"
        label = f"label=com.docker.compose.project={project_name}"
        command = ["docker", kind, "ls", "--format", name, "--filter", label]
        return sorted(self._ask(command, None).split())

    def remove(self, project_name: str, *options: str) -> None:
        """Remove the checkout's containers in a project, and what the options of `down` add.

        If another checkout has containers in the project too, only this checkout's containers
        are removed, as volumes and networks may belong to either.
        """
        there = self.sorted_out()
        if there.sharers(project_name):
            ours = [one.id for one in there.ours if one.project == project_name]
            if ours:
                self._ask(["docker", "rm", "--force", *ours], None, both=True)
            return
        self._work(
            [*_COMPOSE, "--project-name", project_name, "down", "--remove-orphans", *options],
            "docker compose down",
        )

    def remove_volumes(self, *names: str) -> None:
        """Remove volumes of docker-compose.yml, which no container has."""
        volumes = [f"{self.project_name}_{name}" for name in names]
        self._ask(["docker", "volume", "rm", "--force", *volumes], None, both=True)

    def ask(self, *arguments: str, settings: Mapping[str, str] | None = None) -> str:
        """Run a short Compose command; returns its standard output.

        Raises:
            MailroomError: The command failed; the message says why.
        """
        return self._ask([*self.command, *arguments], settings)

    def inspect(self, container: Container, what: str) -> str:
        """Inspect a container; `what` is a Go template."""
        return self._ask(["docker", "inspect", "--format", what, container.id], None).strip()

    def log(self, container: Container, lines: int) -> str:
        """The end of a container's log."""
        return self._ask(["docker", "logs", "--tail", str(lines), container.id], None, both=True)

    def show_log(self, container: Container, lines: int, follow: bool) -> None:
        """Print the end of a container's log, and follow it if asked to."""
        options = ["--follow"] if follow else []
        subprocess.run(["docker", "logs", "--tail", str(lines), *options, container.id])

    def work(
        self,
        *arguments: str,
        settings: Mapping[str, str] | None = None,
        tell: Callable[[str], None] = lambda line: None,
    ) -> None:
        """Run a long Compose command.

        Args:
            arguments: The command.
            settings: Variables of docker-compose.yml that take precedence over all others.
            tell: Called with each line that it prints.

        Raises:
            MailroomError: The command failed; the message says why.
        """
        self._work([*self.command, *arguments], f"docker compose {arguments[0]}", settings, tell)

    def _work(
        self,
        command: Sequence[str],
        doing: str,
        settings: Mapping[str, str] | None = None,
        tell: Callable[[str], None] = lambda line: None,
    ) -> None:
        said: list[str] = []
        with _start(command, self._root, settings) as process:
            try:
                assert process.stdout
                for line in process.stdout:
                    said.append(line.rstrip())
                    tell(line.strip())
            except BaseException:
                process.terminate()
                raise
        if process.returncode:
            raise diagnose("\n".join(said), doing)

    def _ask(
        self, command: Sequence[str], settings: Mapping[str, str] | None, both: bool = False
    ) -> str:
        with _start(command, self._root, settings, both) as process:
            try:
                out, complaint = process.communicate(timeout=_TIMEOUT_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                raise StartFailed(
                    f"Docker did not answer within {_TIMEOUT_SECONDS} s",
                    "check the engine: docker info",
                ) from None
        if process.returncode:
            raise diagnose(complaint or out, " ".join(command[:3]))
        return out


def _start(
    command: Sequence[str],
    folder: os.PathLike[str],
    settings: Mapping[str, str] | None,
    both: bool = True,
) -> subprocess.Popen[str]:
    try:
        return subprocess.Popen(
            command,
            cwd=folder,
            # docker-compose.yml names the project by PWD.
            env={**os.environ, "PWD": os.fspath(folder), **(settings or {})},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT if both else subprocess.PIPE,
            text=True,
            errors="replace",
        )
    except FileNotFoundError:
        raise no_command() from None
