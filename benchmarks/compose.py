"""How long `docker compose up --wait` takes, beside `mailroom up`."""

from benchmarks.figure import Figure, in_turn, seconds
from benchmarks.start import run_mailroom
from mailroom.environments.compose.command import Compose
from mailroom.environments.ports import free_port
from mailroom.errors import MailroomError
from mailroom.project import Project

ROUNDS = 3


def engine_answers(project: Project) -> bool:
    """Whether containers can be had here."""
    try:
        Compose(project).containers()
    except MailroomError:
        return False
    return True


def measure_compose(project: Project) -> Figure:
    """Both with everything built and with their data there; down before each."""
    compose = Compose(project)
    settings = {"MAILROOM_PORT": str(free_port())}
    try:
        compose.work("build")
        _containers(compose, settings)
        run_mailroom(project, "up")
        run_mailroom(project, "down")
        containers, embedded = in_turn(
            ROUNDS, lambda: _containers(compose, settings), lambda: _embedded(project)
        )
    finally:
        compose.work("down", "--volumes", "--rmi", "local")
    return Figure("docker compose up --wait", containers, "mailroom up", embedded, 2.0, "s")


def _containers(compose: Compose, settings: dict[str, str]) -> float:
    taken = seconds(lambda: compose.work("up", "--wait", settings=settings))
    compose.work("down")
    return taken


def _embedded(project: Project) -> float:
    taken = seconds(lambda: run_mailroom(project, "up"))
    run_mailroom(project, "down")
    return taken
