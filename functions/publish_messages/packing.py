"""Packs messages into batches, by count and by size.

https://docs.aws.amazon.com/sns/latest/api/API_PublishBatch.html
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from messages.size import LARGEST_MESSAGE, message_size

LARGEST_COUNT = 10


@dataclass(frozen=True)
class Outgoing:
    """A message that is ready to be published: its type and its body."""

    kind: str
    body: str

    def size(self) -> int:
        """Return its bytes, attributes included."""
        return message_size(self.body.encode(), self.kind)


def pack(messages: Iterable[Outgoing]) -> Iterator[list[Outgoing]]:
    """Yield the messages, in their order, in batches of at most 10 and together at most 256 KB."""
    batch: list[Outgoing] = []
    size = 0
    for message in messages:
        needed = message.size()
        if batch and (len(batch) == LARGEST_COUNT or size + needed > LARGEST_MESSAGE):
            yield batch
            batch, size = [], 0
        batch.append(message)
        size += needed
    if batch:
        yield batch
