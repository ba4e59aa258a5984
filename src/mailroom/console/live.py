"""Server-sent events: the blocks of an open page that have changed.

https://html.spec.whatwg.org/multipage/server-sent-events.html
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

# A comment now and then, so that a connection whose browser is gone is noticed.
_SILENCE = 15

Fragments = dict[str, str]


async def changes(read: Callable[[], Awaitable[Fragments]], interval: float) -> AsyncIterator[str]:
    """The blocks that changed, as events named by their id, for as long as the browser listens.

    Args:
        read: Returns the page's blocks by id; the same block is sent only when it is another.
        interval: Seconds from one look to the next.
    """
    sent: Fragments = {}
    silent = 0.0
    while True:
        fragments = await read()
        changed = {id: text for id, text in fragments.items() if sent.get(id) != text}
        for id, text in changed.items():
            yield event(id, text)
        sent.update(fragments)
        silent = 0 if changed else silent + interval
        if silent > _SILENCE:
            silent = 0
            yield ": still here\n\n"
        await asyncio.sleep(interval)


def event(name: str, text: str) -> str:
    """An event of a stream; each line of its text is a line `data`."""
    lines = "".join(f"data: {line}\n" for line in text.splitlines() or [""])
    return f"event: {name}\n{lines}\n"
