"""The settings of ProcessMessagesFunction."""

import os
from dataclasses import dataclass
from typing import Self

from shared.settings import Environment


@dataclass(frozen=True)
class QueueSettings:
    """The queue of one type of message and its dead-letter queue."""

    type: str
    url: str
    dead_letter_url: str

    @property
    def name(self) -> str:
        """The queue's name, the last part of its URL."""
        return self.url.rstrip("/").rpartition("/")[2]


@dataclass(frozen=True)
class Settings:
    """Where messages come from and go to, and how they are consumed."""

    secret_arn: str
    queues: tuple[QueueSettings, ...]
    consumers: int
    polls: bool
    settlement_limit_seconds: int

    @classmethod
    def from_environment(cls) -> Self:
        """Read the settings from the function's environment variables.

        Raises:
            MissingSetting: when one is absent or malformed.
        """
        environment = Environment(os.environ)
        return cls(
            secret_arn=environment.text("DATABASE_SECRET_ARN"),
            queues=tuple(
                QueueSettings(
                    kind,
                    environment.text(f"{kind.upper()}_QUEUE_URL"),
                    environment.text(f"{kind.upper()}_DEAD_LETTER_QUEUE_URL"),
                )
                for kind in ("notification", "alert")
            ),
            consumers=environment.positive("CONSUMERS"),
            polls=environment.choice("CONSUMPTION", "workflow", "events") == "workflow",
            settlement_limit_seconds=environment.positive("SETTLEMENT_LIMIT_SECONDS"),
        )
