"""The size of a message as SNS and SQS count it: body plus names, types and values of attributes.

https://docs.aws.amazon.com/sns/latest/dg/sns-message-attributes.html
"""

from messages.problems import InvalidEvent, Problem

LARGEST_MESSAGE = 262_144
LONGEST_BATCH_ID = 80  # an execution's name, https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html
_TYPE_OF_ATTRIBUTE = len("String")


def attributes_size(kind: str) -> int:
    """Return the bytes that `type` and the longest `batch_id` add to a message of a type.

    The longest, so that an event is valid or not by itself, whatever batch it is sent in.
    """
    batch = len("batch_id") + _TYPE_OF_ATTRIBUTE + LONGEST_BATCH_ID
    return len("type") + _TYPE_OF_ATTRIBUTE + len(kind) + batch


def message_size(body: bytes, kind: str) -> int:
    """Return the bytes that a message takes of a request's and a message's 256 KB."""
    return len(body) + attributes_size(kind)


def check_size(body: bytes, kind: str) -> None:
    """Refuse a message that SNS would refuse.

    Raises:
        InvalidEvent: when body and attributes take more than 256 KB.
    """
    size = message_size(body, kind)
    if size > LARGEST_MESSAGE:
        reason = f"takes {size} bytes with its attributes, SNS takes at most {LARGEST_MESSAGE}"
        raise InvalidEvent([Problem("event", reason)])
