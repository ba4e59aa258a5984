"""Rules about topics, queues and what flows between them."""

from mailroom.checking.rules.messaging import (
    dead_letters,
    keys,
    queues,
    routing,
    topics,
)

__all__ = [
    "dead_letters",
    "keys",
    "queues",
    "routing",
    "topics",
]
