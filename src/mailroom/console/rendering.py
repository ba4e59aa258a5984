"""Renders pages by Jinja. Every value is escaped: messages are input that may be hostile."""

import json
import shlex
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from mailroom.console.graphs.svg import Picture
from mailroom.console.graphs.timeline import duration
from mailroom.console.page import Document

NAVIGATION = (
    ("/flow", "Flow"),
    ("/batches", "Batches"),
    ("/messages", "Messages"),
    ("/queues", "Queues"),
    ("/dead-letters", "Dead letters"),
    ("/unrouted", "Unrouted"),
    ("/activity", "Activity"),
    ("/send", "Send"),
)

_NONE = Markup('<span class="none">-</span>')
_MOST_TEXT = 20_000


def render(template: str, shared: Document, document: Document) -> tuple[str, dict[str, str]]:
    """A page as HTML, and the content of its live blocks by id.

    A template marks what changes while the page is open:
    `{% call live("depth-AlertQueue") %}12{% endcall %}` becomes an element with this id, whose
    content is sent to the browser again when it has changed. `{{ draw(picture) }}` is a picture
    whose parts are such blocks.

    Args:
        template: File name.
        shared: What every page has: navigation, token, environment.
        document: What this page shows.
    """
    fragments: dict[str, str] = {}

    def live(id: str, tag: str = "div", cls: str = "", *, caller: Callable[[], str]) -> Markup:
        content = caller()
        fragments[id] = content
        marked = Markup('<{0} id="{1}" class="{2}" sse-swap="{1}">').format(tag, id, cls)
        return marked + Markup(content) + Markup("</{0}>").format(tag)

    def draw(picture: Picture) -> Markup:
        fragments.update(picture.parts)
        return Markup(picture.markup)

    blocks = {"live": live, "draw": draw}
    html = _templates().get_template(template).render(shared | document | blocks)
    return html, fragments


def ago(moment: float | str | datetime | None) -> Markup:
    """A time as an element; the browser shows how long ago it was, and the exact time on hover.

    Args:
        moment: Seconds since 1970, or a time with its zone, also as ISO 8601 has it.
    """
    if moment is None:
        return _NONE
    if isinstance(moment, str):
        moment = datetime.fromisoformat(moment)
    time = moment if isinstance(moment, datetime) else datetime.fromtimestamp(moment, UTC)
    exact = time.astimezone(UTC)
    return Markup('<time datetime="{0}" title="{0}">{1} UTC</time>').format(
        exact.isoformat(timespec="milliseconds"), f"{exact:%Y-%m-%d %H:%M:%S}"
    )


def number(value: float | None) -> Markup:
    """A number, or a dash for None."""
    if value is None:
        return _NONE
    return escape(spaced(value))


def spaced(value: float) -> str:
    """A number with thin spaces between thousands."""
    return f"{value:,.0f}".replace(",", "\N{NARROW NO-BREAK SPACE}")


def took(seconds: float | None) -> Markup:
    """A duration; the exact one on hover."""
    if seconds is None:
        return _NONE
    return Markup('<span title="{0:.3f} s">{1}</span>').format(seconds, duration(seconds))


def pretty(text: str | None) -> str:
    """JSON with indentation, another text as it is; the first 20,000 characters."""
    shown = text or ""
    with suppress(ValueError, RecursionError):
        shown = json.dumps(json.loads(shown), indent=2, ensure_ascii=False)
    cut = len(shown) - _MOST_TEXT
    return f"{shown[:_MOST_TEXT]}\n… {cut} more characters" if cut > 0 else shown


@cache
def _templates() -> Environment:
    environment = Environment(
        loader=PackageLoader("mailroom.console"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    filters: dict[str, Callable[..., Any]] = {
        "ago": ago,
        "duration": took,
        "number": number,
        "pretty": pretty,
        "shell": shlex.quote,
    }
    environment.filters.update(filters)
    environment.globals["navigation"] = NAVIGATION
    return environment
