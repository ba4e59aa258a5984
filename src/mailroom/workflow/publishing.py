"""Counts the messages of a batch that have reached the queues, while its execution publishes."""

from mailroom.environments.environment import Environment
from mailroom.workflow.queues import queue_depth


class PublishedCount:
    """The number of a batch's messages that were published, as far as the queues tell.

    PublishMessagesFunction answers when it has published all, so the queues are all that can be
    seen before. They are compared with what they had before the execution was started: other
    batches at the same time make the number wrong. So it is for a progress bar only.

    Args:
        environment: The environment.
        total: The number of messages of the batch.
    """

    def __init__(self, environment: Environment, total: int) -> None:
        self._environment = environment
        self._total = total
        self._before = self._depth()
        self._most = 0

    def count(self, settled: int) -> int:
        """The number now, which never falls; `settled` messages were published and are gone."""
        if self._most < self._total:
            there = self._depth() - self._before + settled
            self._most = min(self._total, max(self._most, there, settled))
        return self._most

    def _depth(self) -> int:
        topology = self._environment.topology
        typed = [name for name in topology.queues if topology.type_of(name)]
        return sum(queue_depth(self._environment, name) for name in typed)
