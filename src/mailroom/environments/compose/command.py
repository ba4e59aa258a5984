"""Runs `docker` and `docker compose` for one checkout, and understands what they complain about."""

import hashlib
import os
import subprocess
from collections.abc import Callable, Mapping, Sequence

from mailroom.environments.compose.containers import Container, parse_containers
from mailroom.environments.compose.docker_errors import diagnose, no_command
from mailroom.errors import StartFailed
from mailroom.project import Project

_PATIENCE_SECONDS = 30


class Compose:
    """The Compose project that belongs to a checkout and a folder of state.

    With the usual folder it is the one that `docker compose` would choose here by itself; with
    another it has a name of its own, so that it can be up beside that.

    Args:
        project: The checkout.

    Attributes:
        project_name: The name of its own; None when `docker compose` chooses it.
    """

    def __init__(self, project: Project) -> None:
        self._root = project.root
        self.project_name: str | None = None
        if project.state != project.root / ".mailroom" and "COMPOSE_PROJECT_NAME" not in os.environ:
            digest = hashlib.sha256(str(project.state).encode()).hexdigest()[:8]
            self.project_name = f"mailroom-{digest}"

    @property
    def command(self) -> list[str]:
        """What a person types before a Compose command."""
        name = ["--project-name", self.project_name] if self.project_name else []
        return ["docker", "compose", *name]

    def containers(self) -> dict[str, Container]:
        """The project's containers by service, running or not."""
        return parse_containers(self.ask("ps", "--all", "--format", "json"))

    def ask(self, *arguments: str, settings: Mapping[str, str] | None = None) -> str:
        """Run a Compose command that ends soon; what it prints on standard output.

        Raises:
            MailroomError: It failed; the message says what is in the way.
        """
        return self._ask([*self.command, *arguments], settings)

    def inspect(self, container: Container, what: str) -> str:
        """A piece of what Docker knows of a container, in Go's template language."""
        return self._ask(["docker", "inspect", "--format", what, container.id], None).strip()

    def log(self, container: Container, lines: int) -> str:
        """The end of a container's log."""
        return self._ask(["docker", "logs", "--tail", str(lines), container.id], None, both=True)

    def show_log(self, container: Container, lines: int, follow: bool) -> None:
        """Print the end of a container's log, and go on with it if asked to."""
        options = ["--follow"] if follow else []
        subprocess.run(["docker", "logs", "--tail", str(lines), *options, container.id])

    def work(
        self,
        *arguments: str,
        settings: Mapping[str, str] | None = None,
        tell: Callable[[str], None] = lambda line: None,
    ) -> None:
        """Run a Compose command that may take long.

        Args:
            arguments: The command.
            settings: Variables of docker-compose.yml that win over all others.
            tell: Called with each line that it prints.

        Raises:
            MailroomError: It failed; the message says what is in the way.
        """
        said: list[str] = []
        with _start([*self.command, *arguments], self._root, settings) as process:
            try:
                assert process.stdout
                for line in process.stdout:
                    said.append(line.rstrip())
                    tell(line.strip())
            except BaseException:
                process.terminate()
                raise
        if process.returncode:
            raise diagnose("\n".join(said), f"docker compose {arguments[0]}")

    def _ask(
        self, command: Sequence[str], settings: Mapping[str, str] | None, both: bool = False
    ) -> str:
        with _start(command, self._root, settings, both) as process:
            try:
                out, complaint = process.communicate(timeout=_PATIENCE_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                raise StartFailed(
                    f"Docker did not answer within {_PATIENCE_SECONDS} s",
                    "see whether the engine is well: docker info",
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
            env={**os.environ, **(settings or {})},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT if both else subprocess.PIPE,
            text=True,
            errors="replace",
        )
    except FileNotFoundError:
        raise no_command() from None
