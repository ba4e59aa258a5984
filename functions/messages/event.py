"""The CloudEvents that Mailroom carries, as pydantic models.

https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md
"""

from contextlib import suppress
from functools import cache, lru_cache
from hashlib import sha256
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationError, create_model
from pydantic_core import ErrorDetails

from messages.cloudevents import attributes, encoded_data
from messages.cloudevents.timestamp import utc
from messages.data import Data, Text
from messages.json_text import canonical, parse
from messages.problems import InvalidEvent, Path, Problem, Reason, printable, problem
from messages.types import MessageType, message_types

LONGEST_ID = 512
LONGEST_SOURCE = 1024


def _id(value: str) -> str:
    if len(value.encode()) > LONGEST_ID:
        raise ValueError(f"longer than {LONGEST_ID} bytes")
    return attributes.text(value)


# The messages of a batch have few sources and content types, so that each is looked at once.
@lru_cache(256)
def _source(value: str) -> str:
    if len(value.encode()) > LONGEST_SOURCE:
        raise ValueError(f"longer than {LONGEST_SOURCE} bytes")
    return attributes.uri_reference(value)


def _is_time(value: str) -> str:
    utc(value)
    return value


_content_type = lru_cache(256)(attributes.json_content_type)


class CloudEvent(BaseModel):
    """What events of all types have.

    Extension attributes are ignored here; `validate` looks at their names and values.
    """

    model_config = ConfigDict(strict=True, extra="ignore", frozen=True)

    specversion: Literal["1.0"]
    # id and source are the key of an index in Postgres, whose entries may have 2,704 bytes.
    id: Annotated[Text, AfterValidator(_id)]
    source: Annotated[Text, AfterValidator(_source)]
    time: Annotated[str, AfterValidator(_is_time)] | None = None
    subject: Annotated[Text, AfterValidator(attributes.text)] | None = None
    datacontenttype: Annotated[str, AfterValidator(_content_type)] | None = None
    dataschema: Annotated[str, AfterValidator(attributes.absolute_uri)] | None = None
    type: str
    data: Data


class Message:
    """An event, its JSON text as it was sent, and the digest of its content.

    The digest is the SHA-256 of the canonical JSON, so that it doesn't depend on white space and
    the order of keys, which a sender may change between two attempts. Extension attributes aren't
    content: a sender that tries again has another `traceparent`.
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


def digest(value: dict[str, Any]) -> str:
    """Return the SHA-256 of a parsed value's content, in hexadecimal."""
    return sha256(canonical(_content(value)).encode()).hexdigest()


def validate(message_type: MessageType, value: dict[str, Any], text: str) -> CloudEvent:
    """Return the event of a parsed value, and of its text, by the model of its type.

    Raises:
        InvalidEvent: with all problems, each with its field.
    """
    sent, is_plain = value, value.keys() <= attributes.PLAIN
    if encoded_data.MEMBER in value:
        value, text = encoded_data.with_data(value)
    model = event_model(message_type)
    wrong, event = [], None
    try:
        event = (
            model.model_validate(value) if message_type.plain else model.model_validate_json(text)
        )
    except ValidationError as error:
        details = error.errors(include_url=False, include_input=False, include_context=False)
        wrong += [_as_problem(detail) for detail in details]
    if not is_plain:
        wrong += [_wrong((name,), reason) for name, reason in attributes.wrong_extensions(value)]
    if event is not None:
        data = value["data"]
        wrong += [
            _wrong(("data", column.key), reason)
            for column in message_type.columns
            if (reason := column.problem(data.get(column.key)))
        ]
    if wrong or event is None:
        raise InvalidEvent(wrong, sent)
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


def _content(value: dict[str, Any]) -> dict[str, Any]:
    """Return an event without its extension attributes, and with its data decoded."""
    if value.keys() <= attributes.PLAIN:
        return value
    content = {name: one for name, one in value.items() if name in attributes.CORE}
    if encoded_data.MEMBER in content:
        with suppress(InvalidEvent):
            content, _ = encoded_data.with_data(content)
    return content


def _as_problem(detail: ErrorDetails) -> Problem:
    return _wrong(detail["loc"], detail["msg"].removeprefix("Value error, "))


def _wrong(path: Path, reason: str) -> Problem:
    return problem(path, reason, Reason.INVALID_MESSAGE)
