"""What the resources of an environment are called in a sentence."""

from functools import cached_property

from mailroom.environments.environment import Environment


class Names:
    """Logical names by ARN."""

    def __init__(self, environment: Environment) -> None:
        self._environment = environment

    def of(self, arn: str | None) -> str:
        """A short name: the logical name of a queue, the name of a function or execution."""
        if arn is None:
            return "unknown"
        if arn in self._queues:
            return self._queues[arn]
        return self._functions.get(arn.rpartition(":")[2], arn.rpartition(":")[2])

    def is_dead_letter_queue(self, arn: str) -> bool:
        """Whether messages go there that failed."""
        return self._queues.get(arn) in self._environment.topology.dead_letter_queues

    def is_unrouted_queue(self, arn: str) -> bool:
        """Whether messages go there that no other subscription matches."""
        return self._queues.get(arn) in self._environment.topology.unrouted_queues

    @cached_property
    def _queues(self) -> dict[str, str]:
        return {one.arn: name for name, one in self._environment.topology.queues.items()}

    @cached_property
    def _functions(self) -> dict[str, str]:
        return {id_: name for name, id_ in self._environment.topology.functions.items()}
