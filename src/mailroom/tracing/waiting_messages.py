"""Where a message is now: the queues that have it. They are looked into without receiving."""

from collections.abc import Iterator
from functools import cached_property
from typing import Any

from mailroom.environments.environment import Environment
from mailroom.tracing.steps import Message, Step
from mailroom.workflow.queues import peek


class WaitingMessages:
    """The queues of a local environment; AWS can't look into a queue."""

    def __init__(self, environment: Environment) -> None:
        self._environment = environment

    def find(self, word: str) -> Iterator[Message]:
        """The messages with a word in their id or body."""
        for _, one in self._all:
            if word == one["id"] or word in one["body"]:
                yield _message(one)

    def steps(self, message: Message) -> Iterator[Step]:
        """In which queues it is now."""
        topology = self._environment.topology
        for queue, one in self._all:
            found = _message(one)
            if not (one["id"] in message.message_ids or found.key == message.key):
                continue
            attributes = one["attributes"]
            why = ": ".join(filter(None, map(attributes.get, ("reason", "detail"))))
            failed = queue in topology.dead_letter_queues or queue in topology.unrouted_queues
            text = f"is in {queue}" + (f": {why}" if why else "")
            details = {"message_id": one["id"], "attributes": attributes}
            where = topology.queue(queue).arn
            yield Step(None, "waiting", text, failed, where, details=details)

    @cached_property
    def _all(self) -> list[tuple[str, dict[str, Any]]]:
        queues = self._environment.topology.queues
        return [(queue, one) for queue in queues for one in peek(self._environment, queue)]


def _message(one: dict[str, Any]) -> Message:
    attributes = one["attributes"]
    ids = frozenset([one["id"]])
    batch, type_ = attributes.get("batch_id"), attributes.get("type")
    return Message.of_event(one["body"], batch, ids, type_)
