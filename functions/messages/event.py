"""The CloudEvents that Mailroom carries, as pydantic models.

https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md
"""

from hashlib import sha256
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints, ValidationError
from pydantic_core import ErrorDetails

from messages.json_text import canonical, parse
from messages.problems import InvalidEvent, Path, Problem, Reason, printable, problem
from messages.timestamp import utc

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


Text = Annotated[str, StringConstraints(min_length=1)]


class _Strict(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class Notification(_Strict):
    """The data of an event of type `notification`."""

    recipient: Text
    title: Text
    body: str | None = None
    details: dict[str, Any] | None = None


class Alert(_Strict):
    """The data of an event of type `alert`."""

    severity: Literal["low", "medium", "high", "critical"]
    summary: Text
    details: dict[str, Any] | None = None


class _CloudEvent(_Strict):
    specversion: Literal["1.0"]
    # id and source are the key of an index in Postgres, whose entries may have 2,704 bytes.
    id: Annotated[Text, _max_bytes(LONGEST_ID)]
    source: Annotated[Text, _max_bytes(LONGEST_SOURCE)]
    time: Annotated[str, AfterValidator(_is_time)] | None = None
    subject: str | None = None
    datacontenttype: Literal["application/json"] | None = None


class NotificationEvent(_CloudEvent):
    """A CloudEvent of type `notification`."""

    type: Literal["notification"]
    data: Notification


class AlertEvent(_CloudEvent):
    """A CloudEvent of type `alert`."""

    type: Literal["alert"]
    data: Alert


Event = NotificationEvent | AlertEvent
MODELS: dict[str, type[NotificationEvent] | type[AlertEvent]] = {
    "notification": NotificationEvent,
    "alert": AlertEvent,
}


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
        self.event = _validate(self.value)
        self.digest = digest(self.value)


def digest(value: Any) -> str:
    """Return the SHA-256 of a parsed value's content, in hexadecimal."""
    return sha256(canonical(value).encode()).hexdigest()


def _validate(value: Any) -> Event:
    if not isinstance(value, dict):
        raise InvalidEvent([_wrong((), "an event is a JSON object")], value)
    name = value.get("type")
    model = MODELS.get(name) if isinstance(name, str) else None
    if model is None:
        raise InvalidEvent([_wrong(("type",), _about_type(value))], value)
    try:
        return model.model_validate(value)
    except ValidationError as error:
        details = error.errors(include_url=False, include_input=False, include_context=False)
        raise InvalidEvent([_as_problem(detail) for detail in details], value) from None


def _about_type(value: dict[str, Any]) -> str:
    if "type" not in value:
        return "Field required"
    if not isinstance(value["type"], str):
        return "Input should be a valid string"
    return f"unknown type '{printable(value['type'])[:40]}', known are {', '.join(MODELS)}"


def _as_problem(detail: ErrorDetails) -> Problem:
    return _wrong(detail["loc"], detail["msg"].removeprefix("Value error, "))


def _wrong(path: Path, reason: str) -> Problem:
    return problem(path, reason, Reason.INVALID_MESSAGE)
