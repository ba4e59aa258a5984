"""The size of a message as SNS and SQS count it: body plus names, types and values of attributes.

https://docs.aws.amazon.com/sns/latest/dg/sns-message-attributes.html
"""

from collections.abc import Callable, Iterable, Iterator

from messages.problems import InvalidEvent, Problem

LARGEST_MESSAGE = 262_144
MOST_IN_REQUEST = 10
# Of a chunk of a batch, docs/volume.md: its bytes, and the number of its messages.
LARGEST_CHUNK = 4 << 20
MOST_IN_CHUNK = 2_000
# Of a manifest: some 60,000 chunks, which a function of 512 MB can read.
LARGEST_MANIFEST = 16 << 20
LONGEST_BATCH_ID = 80  # an execution's name, https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html
_TYPE_OF_ATTRIBUTE = len("String")


def attributes_size(message_type: str) -> int:
    """Return the bytes that the attributes `type` and `batch_id` add to a message.

    It assumes the longest batch id, so that an event's validity doesn't depend on its batch.
    """
    batch = len("batch_id") + _TYPE_OF_ATTRIBUTE + LONGEST_BATCH_ID
    return len("type") + _TYPE_OF_ATTRIBUTE + len(message_type) + batch


def message_size(body: bytes, message_type: str) -> int:
    """Return a message's size in bytes, as it counts for the 256 KB of a message and a request."""
    return len(body) + attributes_size(message_type)


def requests[T](messages: Iterable[T], size: Callable[[T], int]) -> Iterator[list[T]]:
    """Yield messages in their order, as many together as SNS and SQS take: 10, of 256 KB."""
    group: list[T] = []
    total = 0
    for message in messages:
        needed = size(message)
        if group and (len(group) == MOST_IN_REQUEST or total + needed > LARGEST_MESSAGE):
            yield group
            group, total = [], 0
        group.append(message)
        total += needed
    if group:
        yield group


def check_size(body: bytes, message_type: str) -> None:
    """Check that SNS takes a message.

    Raises:
        InvalidEvent: when body and attributes are larger than 256 KB.
    """
    size = message_size(body, message_type)
    if size > LARGEST_MESSAGE:
        reason = f"takes {size} bytes with its attributes, SNS takes at most {LARGEST_MESSAGE}"
        raise InvalidEvent([Problem("event", reason)])
