"""What the emulator told of the messages of a test."""

from collections.abc import Callable
from typing import Any

from mailroom.environments.environment import Environment
from mailroom.observation.events import Event, all_events
from tests.support.flow import until


class Observed:
    """The events of an environment."""

    def __init__(self, environment: Environment) -> None:
        self._endpoint = environment.endpoint

    def events(self, *containing: str, **fields: Any) -> list[Event]:
        """The events that contain one of these words and have these fields."""
        return [
            event
            for event in all_events(self._endpoint, containing)
            if all(event.get(name) == value for name, value in fields.items())
        ]

    def one(self, *containing: str, **fields: Any) -> Event:
        """Wait for an event; there may be only one."""
        found: list[Event] = []

        def there() -> bool:
            found[:] = self.events(*containing, **fields)
            return bool(found)

        until(there, f"an event with {containing} {fields}", 20)
        [event] = found
        return event

    def some(self, enough: Callable[[list[Event]], bool], *containing: str) -> list[Event]:
        """Wait until the events that contain a word are enough."""
        found: list[Event] = []

        def there() -> bool:
            found[:] = self.events(*containing)
            return enough(found)

        until(there, f"events with {containing}", 20)
        return found
