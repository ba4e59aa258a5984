"""A bare LocalStack that is killed, and started again with what it has left on the disk."""

import json
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mailroom.aws.sessions import EmulatorSession
from mailroom.environments.embedded.localstack import LocalStackServer
from mailroom.environments.ports import free_port
from mailroom.project import Project


@dataclass
class DurableEngine:
    """LocalStack alone, and queues that a test makes before and after it ends."""

    server: LocalStackServer
    durability: str = "on"

    def start(self) -> None:
        """Start it and wait for it."""
        self.process = self.server.start("off", self.durability)
        self.server.wait(self.process)
        self.session = EmulatorSession(self.server.endpoint, "us-east-1", "000000000000")
        self.sqs = self.session.client("sqs")

    def restart(self) -> None:
        """Kill it with -9, and start it again."""
        self.process.stop(signal.SIGKILL, 10)
        self.server.stop()
        self.start()

    def queue(self, name: str, **attributes: str) -> str:
        """Make a queue; its URL."""
        return str(self.sqs.create_queue(QueueName=name, Attributes=attributes)["QueueUrl"])

    def dead_letter_queue(self, name: str, receives: int) -> dict[str, str]:
        """Make a dead-letter queue; the attributes of a queue that uses it."""
        arn = self.attributes(self.queue(name))["QueueArn"]
        policy = {"deadLetterTargetArn": arn, "maxReceiveCount": receives}
        return {"RedrivePolicy": json.dumps(policy)}

    def attributes(self, url: str) -> dict[str, str]:
        """All attributes of a queue."""
        answer = self.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])
        return dict(answer["Attributes"])

    def receive(self, url: str, wait: int = 0, visibility: int = 600) -> list[dict[str, Any]]:
        """Receive up to ten messages, with everything they have."""
        answer = self.sqs.receive_message(
            QueueUrl=url,
            MaxNumberOfMessages=10,
            WaitTimeSeconds=wait,
            VisibilityTimeout=visibility,
            MessageSystemAttributeNames=["All"],
            MessageAttributeNames=["All"],
        )
        return [dict(message) for message in answer.get("Messages", [])]

    def bodies(self, url: str, wait: int = 0, visibility: int = 600) -> list[str]:
        """Receive up to ten messages; their bodies."""
        return [str(one["Body"]) for one in self.receive(url, wait, visibility)]


@contextmanager
def durable_engine(state: Path, durability: str = "on") -> Iterator[DurableEngine]:
    """Start it in a folder of its own; it is gone at the end."""
    server = LocalStackServer(Project.find(state=state), state / "localstack.log", free_port())
    engine = DurableEngine(server, durability)
    try:
        engine.start()
        yield engine
    finally:
        engine.server.stop()
