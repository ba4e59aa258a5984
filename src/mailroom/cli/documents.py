"""Arguments that are JSON documents."""

import json
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mailroom.errors import Refused


@dataclass(frozen=True)
class Document:
    """A JSON document: its text as it was given, and its value."""

    text: str
    value: Any


def read_document(given: str, name: str, example: str) -> Document:
    """The document of an argument.

    Args:
        given: JSON text, the path of a file, or `-` for standard input.
        name: The argument's name.
        example: A command that shows what it may be.

    Raises:
        Refused: There is no such file, or it is not JSON.
    """
    with suppress(ValueError):
        return Document(given, json.loads(given))
    try:
        text = sys.stdin.read() if given == "-" else Path(given).read_text()
        return Document(text, json.loads(text))
    except OSError as error:
        raise Refused(
            f"{name} is neither JSON nor a file: {given}: {error.strerror}",
            f"JSON has double quotes around names and texts; an example: {example}",
        ) from None
    except ValueError as error:
        shown = "standard input" if given == "-" else given
        raise Refused(f"{shown} is not JSON: {error}") from None
