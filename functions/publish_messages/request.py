"""The input of PublishMessagesFunction."""

import re
from dataclasses import dataclass
from typing import Any, Self

from messages.size import LONGEST_BATCH_ID
from publish_messages.manifest import Chunk, parse_chunk
from shared.errors import InvalidInput

_BATCH_ID = re.compile(r"[^\s<>{}\[\]?*\"#%\\^|~`$&,;:/\x00-\x1f\x7f-\x9f\ud800-\udfff]+")


@dataclass(frozen=True)
class ObjectSource:
    """An object in S3 that holds events; messages.cloudevents.lines has the forms."""

    bucket: str
    key: str


@dataclass(frozen=True)
class ChunkSource:
    """A chunk of a batch; `publish` is false when it is only to be validated."""

    bucket: str
    chunk: Chunk
    publish: bool


@dataclass(frozen=True)
class PrefixSource:
    """Where a manifest and its chunks are in S3."""

    bucket: str
    prefix: str


@dataclass(frozen=True)
class Failure:
    """What is known when a batch in chunks has failed: `error` is the Map's Error and Cause."""

    bucket: str
    problems: str
    error: dict[str, str]


@dataclass(frozen=True)
class Start:
    """Where to begin: how many distinct messages earlier invocations have published.

    `digest` is that of all messages, so that an object that was replaced meanwhile is noticed;
    empty at the beginning.
    """

    position: int = 0
    digest: str = ""


type Messages = list[Any] | ObjectSource | ChunkSource


@dataclass(frozen=True)
class Request:
    """A batch to publish: its messages, or where they are in S3."""

    batch_id: str
    messages: Messages | PrefixSource | Failure
    start: Start = Start()

    @classmethod
    def parse(cls, event: Any) -> Self:
        """Return the request that the function was invoked with.

        Raises:
            InvalidInput: when the input has neither shape; the error names the field.
        """
        if not isinstance(event, dict) or not _is_batch_id(event.get("batchId")):
            raise InvalidInput("batchId: an execution's name is required")
        if "failure" in event:
            return cls(event["batchId"], Failure(**event["failure"]))
        start = _start(event.get("from", {}))
        if "chunk" in event:
            chunk = parse_chunk(event["chunk"])
            return cls(
                event["batchId"], ChunkSource(event["bucket"], chunk, event["publish"]), start
            )
        return cls(event["batchId"], _messages(event.get("input")), start)


def _is_batch_id(value: object) -> bool:
    """Return whether a value can be an execution's name."""
    return (
        isinstance(value, str)
        and len(value.encode(errors="surrogatepass")) <= LONGEST_BATCH_ID
        and _BATCH_ID.fullmatch(value) is not None
    )


def _start(value: object) -> Start:
    if not isinstance(value, dict) or not value.keys() <= {"position", "digest"}:
        raise InvalidInput("from: position and digest are allowed, and nothing else")
    start = Start(**value)
    if type(start.position) is not int or start.position < 0:
        raise InvalidInput("from.position: a whole number is required")
    if not isinstance(start.digest, str):
        raise InvalidInput("from.digest: a text is required")
    return start


def _messages(value: object) -> list[Any] | ObjectSource | PrefixSource:
    if isinstance(value, list):  # CloudEvents' batch format
        return value
    if not isinstance(value, dict) or len(value) != 1:
        raise InvalidInput("input: either messages or source is required, and nothing else")
    if isinstance(value.get("messages"), list):
        return list(value["messages"])
    if "messages" in value:
        raise InvalidInput("input.messages: a list of events is required")
    source = value.get("source")
    shapes = {"bucket", "key"}, {"bucket", "prefix"}
    if not isinstance(source, dict) or source.keys() not in shapes:
        raise InvalidInput("input.source: bucket and key, or bucket and prefix, are required")
    for name, part in source.items():
        if not isinstance(part, str) or not part:
            raise InvalidInput(f"input.source.{name}: a text is required")
    return PrefixSource(**source) if "prefix" in source else ObjectSource(**source)
