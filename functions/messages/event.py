"""The CloudEvents that Mailroom carries, as pydantic models.

https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md
"""

from functools import cache
from hashlib import sha256
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationError, create_model
from pydantic_core import ErrorDetails

from messages.data import Data, Text
from messages.json_text import canonical, parse
from messages.problems import InvalidEvent, Path, Problem, Reason, printable, problem
from messages.timestamp import utc
from messages.types import MessageType, message_types

LONGEST_ID = 512
LONGEST_SOURCE = 1024


def _max_bytes(longest: int) -> AfterValidator:
    def check(value: str) -> str:
        if len(value.encode()) > longest:
            raise ValueError(f"longer than {longest} bytes")
        return value

    return AfterValidator(check)


def _is_time(value: str) -> str:
    utc(value)
    return value


class CloudEvent(BaseModel):
    """What events of all types have."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    specversion: Literal["1.0"]
    # id and source are the key of an index in Postgres, whose entries may have 2,704 bytes.
    id: Annotated[Text, _max_bytes(LONGEST_ID)]
    source: Annotated[Text, _max_bytes(LONGEST_SOURCE)]
    time: Annotated[str, AfterValidator(_is_time)] | None = None
    subject: str | None = None
    datacontenttype: Literal["application/json"] | None = None
    type: str
    data: Data


class Message:
    """An event, its JSON text as it was sent, and the digest of its content.

    The digest is the SHA-256 of the canonical JSON, so that it doesn't depend on white space and
    the order of keys, which a sender may change between two attempts.
    """

    __slots__ = ("digest", "event", "text", "value")

    def __init__(self, text: str) -> None:
        """Read a message from its JSON text.

        Raises:
            InvalidEvent: with all problems, each with its field.
        """
        self.text = text
        self.value = parse(text)
        self.event = _validate(self.value, text)
        self.digest = digest(self.value)


def digest(value: Any) -> str:
    """Return the SHA-256 of a parsed value's content, in hexadecimal."""
    return sha256(canonical(value).encode()).hexdigest()


def validate(message_type: MessageType, value: dict[str, Any], text: str) -> CloudEvent:
    """Return the event of a parsed value, and of its text, by the model of its type.

    Raises:
        InvalidEvent: with all problems, each with its field.
    """
    model = event_model(message_type)
    try:
        event = (
            model.model_validate(value) if message_type.plain else model.model_validate_json(text)
        )
    except ValidationError as error:
        details = error.errors(include_url=False, include_input=False, include_context=False)
        raise InvalidEvent([_as_problem(detail) for detail in details], value) from None
    data = value["data"]
    wrong = [
        _wrong(("data", column.key), reason)
        for column in message_type.columns
        if (reason := column.problem(data.get(column.key)))
    ]
    if wrong:
        raise InvalidEvent(wrong, value)
    return event


@cache
def event_model(message_type: MessageType) -> type[CloudEvent]:
    """Return the model of a type's events."""
    name = f"{message_type.data.__name__}Event"
    literal: Any = Literal[message_type.name]
    fields: Any = {"type": (literal, ...), "data": (message_type.data, ...)}
    return create_model(name, __base__=CloudEvent, **fields)


def _validate(value: Any, text: str) -> CloudEvent:
    if not isinstance(value, dict):
        raise InvalidEvent([_wrong((), "an event is a JSON object")], value)
    name = value.get("type")
    message_type = message_types().get(name) if isinstance(name, str) else None
    if message_type is None:
        raise InvalidEvent([_wrong(("type",), _about_type(value))], value)
    return validate(message_type, value, text)


def _about_type(value: dict[str, Any]) -> str:
    if "type" not in value:
        return "is missing"
    if not isinstance(value["type"], str):
        return "a text is required"
    return f"unknown type '{printable(value['type'])[:40]}', known are {', '.join(message_types())}"


def _as_problem(detail: ErrorDetails) -> Problem:
    return _wrong(detail["loc"], detail["msg"].removeprefix("Value error, "))


def _wrong(path: Path, reason: str) -> Problem:
    return problem(path, reason, Reason.INVALID_MESSAGE)
