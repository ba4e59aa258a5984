"""Dead letters as ProcessMessagesFunction sends them, without the function."""

from typing import Any

from mailroom.environments.environment import Environment
from mailroom.testing.purging import purge


class DeadLetters:
    """The messages of one dead-letter queue.

    Args:
        environment: The environment of the queue.
        queue: Its logical name.
    """

    def __init__(self, environment: Environment, queue: str) -> None:
        self._client = environment.session.client("sqs")
        self.url = environment.topology.queue(queue).url
        self.queue = queue

    def add(self, body: str, reason: str = "invalid", detail: str = "data: wrong") -> str:
        """Send one; returns its message id."""
        sent = self._client.send_message(
            QueueUrl=self.url, MessageBody=body, MessageAttributes=_attributes(reason, detail)
        )
        return str(sent["MessageId"])

    def add_many(self, count: int) -> None:
        """Send many, by ten."""
        for start in range(0, count, 10):
            self._client.send_message_batch(
                QueueUrl=self.url,
                Entries=[
                    {
                        "Id": str(number),
                        "MessageBody": f'{{"id": "{number}"}}',
                        "MessageAttributes": _attributes("invalid", "many"),
                    }
                    for number in range(start, min(start + 10, count))
                ],
            )

    def clear(self) -> None:
        """Delete all of them."""
        purge(self._client, self.url)


def _attributes(reason: str, detail: str) -> dict[str, Any]:
    texts = {"type": "alert", "reason": reason, "detail": detail}
    return {name: {"DataType": "String", "StringValue": text} for name, text in texts.items()}
