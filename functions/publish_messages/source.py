"""Reads the messages of a request, inline or from S3, and the problems of invalid ones."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from messages.cloudevents.lines import lines
from messages.problems import InvalidEvent, Problem, Reason
from messages.reading import Accepted, Rejected, read_lines, read_message
from messages.tree import DEEPEST
from publish_messages.request import ObjectSource
from shared.clients import AWS_ERRORS, error_code, is_permanent
from shared.errors import InvalidInput, PublishFailed

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_CHUNK_BYTES = 1 << 18


def read_inline(values: list[Any]) -> Iterator[Accepted | Rejected]:
    """Yield the message of each value, or its problems; a message's text is compact JSON."""
    for index, value in enumerate(values):
        try:
            yield Accepted(read_message(_as_text(value)))
        except InvalidEvent as error:
            yield Rejected(index, None, error.problems)


def read_object(client: "S3Client", source: ObjectSource) -> Iterator[Accepted | Rejected]:
    """Yield the message of each line of an object, or its problems. The object is streamed.

    Raises:
        InvalidInput: when the object is missing or forbidden.
        PublishFailed: when S3 fails.
    """
    with readable(source.bucket, source.key):
        body = client.get_object(Bucket=source.bucket, Key=source.key)["Body"]
        yield from read_lines(lines(body.iter_chunks(_CHUNK_BYTES)))


@contextmanager
def readable(bucket: str, key: str) -> Iterator[None]:
    """Name the object of which a call of S3 in the block fails.

    Raises:
        InvalidInput: when the object is missing or forbidden.
        PublishFailed: when S3 fails.
    """
    try:
        yield
    except AWS_ERRORS as error:
        error_class = InvalidInput if is_permanent(error) or _is_misnamed(error) else PublishFailed
        name = f"s3://{bucket}/{key}"
        raise error_class(f"input.source: {name} can't be read: {error_code(error)}") from error


def _as_text(value: Any) -> str:
    try:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    except RecursionError:
        reason = f"nested deeper than {DEEPEST} levels"
        raise InvalidEvent([Problem("event", reason, Reason.INVALID_JSON)]) from None


def _is_misnamed(error: Exception) -> bool:
    return error_code(error) in {"InvalidBucketName", "ParamValidationError", "KeyTooLongError"}
