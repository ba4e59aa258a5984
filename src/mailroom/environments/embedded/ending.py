"""What the end of LocalStack means for what waits in it and for what runs."""

from mailroom.environments.embedded.engine import waiting
from mailroom.environments.embedded.environment import EmbeddedEnvironment
from mailroom.environments.environment import Environment
from mailroom.errors import NotUp


def lost_at_the_end(embedded: EmbeddedEnvironment) -> str:
    """What `down` would lose for good, as text; empty when there is nothing."""
    state = embedded.state
    if state is None or state.durable:
        return ""
    environment = _answering(embedded)
    return waiting(environment, messages=True, executions=True) if environment else ""


def kept_at_the_end(embedded: EmbeddedEnvironment) -> list[str]:
    """What `down` keeps and ends, a line each."""
    state = embedded.state
    environment = _answering(embedded) if state and state.durable else None
    if environment is None:
        return []
    messages = waiting(environment, messages=True, executions=False)
    executions = waiting(environment, messages=False, executions=True)
    lines = [f"kept until the next mailroom up: {messages}"] if messages else []
    if executions:
        lines.append(f"ended: {executions}; what was published stays in its queue")
    return lines


def what_waits(embedded: EmbeddedEnvironment) -> list[str]:
    """A line for `up` if messages wait in queues."""
    environment = _answering(embedded)
    messages = waiting(environment, messages=True, executions=False) if environment else ""
    return [f"{messages}: look at them with mailroom queues"] if messages else []


def end_of_batch(embedded: EmbeddedEnvironment, batch: str) -> tuple[str, str]:
    """What became of a batch whose environment ended meanwhile, and the commands that go on."""
    state = embedded.state
    if state and state.durable:
        became = "what was published waits in its queues, or is ingested already"
    else:
        became = "what was not ingested yet is lost with LocalStack, which had no durability"
    return (
        f"the environment ended before batch {batch} had settled: {became}",
        "go on: mailroom up, and send the same again: what is ingested already stays as it is",
    )


def _answering(embedded: EmbeddedEnvironment) -> Environment | None:
    """How to reach the environment; None if it is not up, or LocalStack doesn't answer."""
    state = embedded.state
    try:
        environment = embedded.connect()
    except NotUp:
        return None
    return environment if state and embedded.localstack(state).answers() else None
