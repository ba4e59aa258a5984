"""The manifest of a batch in chunks; docs/volume.md says what is where."""

from collections import Counter
from typing import Annotated, Any, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    PositiveInt,
    TypeAdapter,
    ValidationError,
    model_validator,
)

from messages.problems import Reason, problem
from messages.size import LARGEST_CHUNK, MOST_IN_CHUNK
from shared.errors import InvalidInput


class Chunk(BaseModel):
    """What a manifest says of one chunk.

    Attributes:
        key: The object's key.
        count: Number of its messages. One that is in it twice counts once.
        bytes: The object's size.
        sha256: Digest of the object's bytes, in hexadecimal.
        types: Number of its messages by type.
        duplicates: Number of identical messages that `count` leaves out.
    """

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    key: str
    count: Annotated[int, Field(ge=1, le=MOST_IN_CHUNK)]
    bytes: Annotated[int, Field(ge=1, le=LARGEST_CHUNK)]
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    types: dict[str, PositiveInt]
    duplicates: Annotated[int, Field(ge=0)] = 0

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        if sum(self.types.values()) != self.count:
            raise ValueError("the numbers of types do not add up to count")
        return self


def parse_chunk(value: Any) -> Chunk:
    """Return the chunk of one item of a manifest.

    Raises:
        InvalidInput: when it isn't one; the error names the field.
    """
    try:
        return Chunk.model_validate(value)
    except ValidationError as error:
        raise InvalidInput(f"chunk: {_explained(error)}") from None


def parse_manifest(key: str, folder: str, content: bytes) -> list[Chunk]:
    """Return the chunks of a manifest.

    Args:
        key: The manifest's key, for errors.
        folder: The batch's prefix, which ends in a slash.
        content: The manifest.

    Raises:
        InvalidInput: when it is no list of chunks, or has one twice or of another prefix.
    """
    try:
        chunks = TypeAdapter(list[Chunk]).validate_json(content)
    except ValidationError as error:
        raise InvalidInput(f"{key}: {_explained(error)}") from None
    if not chunks:
        raise InvalidInput(f"{key}: a batch has one chunk or more")
    for name, times in Counter(chunk.key for chunk in chunks).items():
        if times > 1:
            raise InvalidInput(f"{key}: {name} is in it {times} times")
        if not name.startswith(f"{folder}chunks/"):
            raise InvalidInput(f"{key}: {name} is not under {folder}chunks/")
    return chunks


def _explained(error: ValidationError) -> str:
    first = error.errors(include_url=False, include_input=False, include_context=False)[0]
    reason = first["msg"].removeprefix("Value error, ")
    return str(problem(first["loc"], reason, Reason.INVALID_MESSAGE))
