"""A page of the console: what it reads, and by which template it is shown."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from starlette.datastructures import FormData
from starlette.responses import Response

from mailroom.environments.environment import Environment

if TYPE_CHECKING:
    from mailroom.console.console import Console

Document = dict[str, Any]


@dataclass(frozen=True)
class Visit:
    """A request for a page.

    Attributes:
        console: The console that serves it.
        path: The parts of the path that vary, by name.
        query: The query's parameters.
        form: The fields of a form; empty when a page is read.
    """

    console: "Console"
    path: Mapping[str, str]
    query: Mapping[str, str]
    form: FormData = field(default_factory=FormData)

    @cached_property
    def environment(self) -> Environment:
        """The environment that is shown.

        Raises:
            NotUp: None is up, or its LocalStack is not.
        """
        return self.console.source.environment()

    def number(self, name: str, default: int, most: int) -> int:
        """A positive number of the query; the default when it is missing or malformed."""
        text = self.query.get(name, "")
        return min(int(text), most) if text.isascii() and text.isdecimal() and text else default

    def text(self, name: str) -> str:
        """A text field of the form; empty when it is missing."""
        value = self.form.get(name, "")
        return value if isinstance(value, str) else ""


@dataclass(frozen=True)
class Page:
    """A page; it is served as HTML, and at the same path with `.json` as JSON.

    Attributes:
        path: Its path, with parameters as Starlette has them: `/queues/{name}`.
        template: Its template's file name; empty if it is served as JSON only.
        read: Returns what it shows. Called in a thread, as it may wait for the environment.
        live: Whether the page's blocks `live` are sent again while it is open, when they change.
        interval: How often it looks whether they have, in seconds.
    """

    path: str
    template: str
    read: Callable[[Visit], Document]
    live: bool = False
    interval: float = 0.7


@dataclass(frozen=True)
class Shown:
    """A page that a form leads to without a redirect, as something in the form is wrong.

    Attributes:
        template: Its template's file name.
        document: What it shows.
        status: The answer's status.
    """

    template: str
    document: Document
    status: int


@dataclass(frozen=True)
class Change:
    """What the form at a path changes. The form must have the console's token.

    Attributes:
        path: Its path.
        make: Makes the change, in a thread, and returns the answer, most often a redirect.
    """

    path: str
    make: Callable[[Visit], Response | Shown]


def as_json(document: Document) -> bytes:
    """A page's document as JSON, without what is for the template alone: `_picture`."""
    shown = {name: value for name, value in document.items() if not name.startswith("_")}
    return json.dumps(shown, ensure_ascii=False, default=_plain).encode()


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    if hasattr(value, "__dict__"):
        return {key: one for key, one in vars(value).items() if not key.startswith("_")}
    return list(value) if isinstance(value, set | frozenset) else str(value)
