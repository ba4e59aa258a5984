"""What the end of LocalStack means for what waits in it and for what runs."""

from typing import TYPE_CHECKING

from mailroom.environments.embedded.engine import waiting
from mailroom.environments.environment import Environment
from mailroom.errors import NotUp
from mailroom.local_http import localstack_version

if TYPE_CHECKING:
    from mailroom.environments.selection import LocalEnvironment


def at_the_end(local: "LocalEnvironment") -> tuple[str, list[str]]:
    """What `down` would lose for good, as text, and what it keeps and ends, a line each."""
    environment = _answering(local)
    if environment is None:
        return "", []
    if not local.durable:
        return waiting(environment, messages=True, executions=True), []
    messages = waiting(environment, messages=True, executions=False)
    executions = waiting(environment, messages=False, executions=True)
    lines = [f"kept until the next mailroom up: {messages}"] if messages else []
    if executions:
        lines.append(f"ended: {executions}; what was published stays in its queue")
    return "", lines


def what_waits(local: "LocalEnvironment") -> list[str]:
    """A line for `up` if messages wait in queues."""
    environment = _answering(local)
    messages = waiting(environment, messages=True, executions=False) if environment else ""
    return [f"{messages}: look at them with mailroom queues"] if messages else []


def end_of_batch(local: "LocalEnvironment", batch: str) -> tuple[str, str]:
    """What became of a batch whose environment ended meanwhile, and the commands that go on."""
    if local.durable:
        became = "what was published waits in its queues, or is ingested already"
    else:
        became = "what was not ingested yet is lost with LocalStack, which had no durability"
    return (
        f"the environment ended before batch {batch} had settled: {became}",
        "go on: mailroom up, and send the same again: what is ingested already stays as it is",
    )


def _answering(local: "LocalEnvironment") -> Environment | None:
    """How to reach the environment; None if it is not up, or LocalStack doesn't answer."""
    endpoint = local.endpoint
    if endpoint is None or localstack_version(endpoint) is None:
        return None
    try:
        return local.connect()
    except NotUp:
        return None
