"""How long a command of every day takes to answer, beside a script that asks AWS once."""

import json
import subprocess
import sys
from collections.abc import Iterator
from functools import partial

from benchmarks.figure import Figure, in_turn, seconds
from benchmarks.start import run_mailroom
from mailroom.environments.environment import Environment
from mailroom.project import Project

ROUNDS = 5
# What only looks, on an environment that is up.
COMMANDS = (
    *("--help", "status", "messages", "queues", "dead-letters", "unrouted", "logs"),
    *("types", "types show {type}", "executions list", "executions show {execution}"),
    *("resources", "env", "database url"),
)
# What asks every service.
_THOROUGH = ("summary", "trace {message}")
# What each program does that asks an emulator for anything.
_SCRIPT = (
    "import boto3, sys; boto3.client('sqs', endpoint_url=sys.argv[1], region_name='us-east-1', "
    "aws_access_key_id='000000000000', aws_secret_access_key='test').list_queues()"
)


def measure_commands(project: Project, environment: Environment) -> Iterator[Figure]:
    """The slowest of the commands that look, and of those that ask every service, as whole
    processes; an environment is up.

    Half a second on a machine that runs the script in a quarter of it. Each is measured in turn
    with the script, as both spend their time on Python's imports, which a busy machine stretches.
    """
    names = _something_to_see(project)
    beside = partial(_beside_the_script, project, environment.endpoint)
    for commands, limit in ((COMMANDS, 2.0), (_THOROUGH, 3.0)):
        figures = [beside(words.format(**names), limit) for words in commands]
        yield max(figures, key=lambda figure: figure.measured)


def _beside_the_script(project: Project, endpoint: str, words: str, limit: float) -> Figure:
    program = [sys.executable, "-c", _SCRIPT, endpoint]
    command, script = in_turn(
        ROUNDS,
        lambda: seconds(lambda: run_mailroom(project, *words.split())),
        lambda: seconds(lambda: subprocess.run(program, check=True, capture_output=True)),
    )
    name = f"a command that looks: {' '.join(words.split()[:2])}"
    return Figure(name, command, "a boto3 script with one call", script, limit, "s")


def _something_to_see(project: Project) -> dict[str, str]:
    run_mailroom(project, "send", "samples/github-events.jsonl")
    execution = json.loads(run_mailroom(project, "executions", "list", "--json"))[0]["name"]
    message = json.loads(run_mailroom(project, "messages", "-n", "1", "--json"))[0]["id"]
    [one, *_] = json.loads(run_mailroom(project, "types", "--json"))
    return {"execution": execution, "message": message, "type": one["name"]}
