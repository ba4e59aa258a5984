"""The settings of ProcessMessagesFunction."""

import os
from dataclasses import dataclass
from typing import Self

from shared.environment_variables import EnvironmentVariables


@dataclass(frozen=True)
class QueueSettings:
    """The queue of one message type and its dead-letter queue."""

    type: str
    url: str
    dead_letter_url: str

    @property
    def name(self) -> str:
        """The queue's name, the last part of its URL."""
        return self.url.rstrip("/").rpartition("/")[2]


@dataclass(frozen=True)
class Settings:
    """The database's secret, the queues, and how they are consumed."""

    secret_arn: str
    queues: tuple[QueueSettings, ...]
    consumers: int
    polls: bool
    settlement_limit_seconds: int

    @classmethod
    def from_environment(cls) -> Self:
        """Read the settings from the function's environment variables.

        Raises:
            MissingSetting: when a variable is missing or malformed.
        """
        variables = EnvironmentVariables(os.environ)
        return cls(
            secret_arn=variables.text("DATABASE_SECRET_ARN"),
            queues=tuple(
                QueueSettings(
                    message_type,
                    variables.text(f"{message_type.upper()}_QUEUE_URL"),
                    variables.text(f"{message_type.upper()}_DEAD_LETTER_QUEUE_URL"),
                )
                for message_type in ("notification", "alert")
            ),
            consumers=variables.positive("CONSUMERS"),
            polls=variables.choice("CONSUMPTION", "workflow", "events") == "workflow",
            settlement_limit_seconds=variables.positive("SETTLEMENT_LIMIT_SECONDS"),
        )
