"""The settings of ProcessMessagesFunction."""

import os
from dataclasses import dataclass
from typing import Self

from shared.environment_variables import EnvironmentVariables


@dataclass(frozen=True)
class Settings:
    """The database's secret, the queues, and how they are consumed.

    `queues` has each message type with its queue's name.
    """

    secret_arn: str
    queues: tuple[tuple[str, str], ...]
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
            queues=tuple(variables.pairs("QUEUES").items()),
            consumers=variables.positive("CONSUMERS"),
            polls=variables.choice("CONSUMPTION", "workflow", "events") == "workflow",
            settlement_limit_seconds=variables.positive("SETTLEMENT_LIMIT_SECONDS"),
        )
