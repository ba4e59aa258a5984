"""Digests of LocalStack's code and settings, and what a restart of LocalStack would lose."""

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path

from mailroom.environments.embedded.localstack import MODULE, LocalStackServer
from mailroom.environments.environment import Environment
from mailroom.packaging.dependencies import RUNTIME
from mailroom.project import Project

_ENVIRONMENTS = ("engine", RUNTIME, "debugger")


def engine_parts(project: Project, server: LocalStackServer) -> dict[str, str]:
    """Digests of LocalStack's code and settings. It needs a restart when one changes.

    Returns:
        Digests by what they cover, as the user reads it: the plugin's code, the locks and what was
        installed from them, LocalStack's settings.
    """
    emulator = project.home / "emulator"
    code = (emulator / "plugin", project.home / "rules")
    sources = [file for one in code for file in (one / "pyproject.toml", *one.rglob("*.py"))]
    installed = [project.home / ".envs" / name / ".inputs" for name in _ENVIRONMENTS]
    return {
        "the plugin's code": _digest(_files(sources)),
        "a lock": _digest(_files([*emulator.glob("*.txt"), *installed])),
        "LocalStack's settings": _digest([MODULE, repr(sorted(server.settings().items()))]),
    }


def what_a_restart_loses(environment: Environment, durable: bool) -> str:
    """What would be lost, as text; empty when there is nothing. `up` recreates everything else.

    Args:
        environment: The environment; its LocalStack runs.
        durable: Whether messages in queues survive.
    """
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        messages = 0 if durable else sum(_messages(environment))
        lost = [
            _counted(messages, "message in queues", "messages in queues"),
            _counted(sum(_executions(environment)), "running execution", "running executions"),
        ]
    except (BotoCoreError, ClientError):
        # LocalStack doesn't answer, so its messages are lost already.
        return ""
    return " and ".join(filter(None, lost))


def _counted(number: int, one: str, more: str) -> str:
    return f"{number} {one if number == 1 else more}" if number else ""


def _messages(environment: Environment) -> Iterator[int]:
    client = environment.session.client("sqs")
    for page in client.get_paginator("list_queues").paginate():
        for url in page.get("QueueUrls", []):
            counts = client.get_queue_attributes(
                QueueUrl=url,
                AttributeNames=[
                    "ApproximateNumberOfMessages",
                    "ApproximateNumberOfMessagesNotVisible",
                    "ApproximateNumberOfMessagesDelayed",
                ],
            )["Attributes"]
            yield sum(int(count) for count in counts.values())


def _executions(environment: Environment) -> Iterator[int]:
    client = environment.session.client("stepfunctions")
    for page in client.get_paginator("list_state_machines").paginate():
        for machine in page["stateMachines"]:
            if machine["type"] == "STANDARD":
                running = client.list_executions(
                    stateMachineArn=machine["stateMachineArn"], statusFilter="RUNNING"
                )
                yield len(running["executions"])


def _files(paths: Iterable[Path]) -> Iterator[str]:
    for path in sorted(paths):
        if path.is_file():
            yield f"{path}\n{hashlib.sha256(path.read_bytes()).hexdigest()}"


def _digest(texts: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()[:16]
