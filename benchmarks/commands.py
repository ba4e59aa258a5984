"""How long a command of every day takes to answer."""

from benchmarks.figure import Figure, median, seconds
from benchmarks.start import run_mailroom
from mailroom.project import Project

ROUNDS = 5
# What only looks, on an environment that is up.
COMMANDS = (
    "--help",
    "status",
    "messages",
    "queues",
    "dead-letters",
    "unrouted",
    "types",
    "executions list",
    "resources",
    "env",
    "database url",
)


def measure_commands(project: Project) -> Figure:
    """The slowest of the commands that look, as a whole process; an environment is up."""
    slowest, command = max(
        (median(_seconds(project, words) for _ in range(ROUNDS)), words) for words in COMMANDS
    )
    return Figure("the slowest command that looks", slowest, f"mailroom {command}", None, 0.5, "s")


def _seconds(project: Project, words: str) -> float:
    return seconds(lambda: run_mailroom(project, *words.split()))
