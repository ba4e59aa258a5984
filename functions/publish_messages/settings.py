"""The settings of PublishMessagesFunction."""

import os
from dataclasses import dataclass
from typing import Self

from shared.environment_variables import EnvironmentVariables


@dataclass(frozen=True)
class Settings:
    """The topic to publish to."""

    topic_arn: str

    @classmethod
    def from_environment(cls) -> Self:
        """Read the settings from the function's environment variables.

        Raises:
            MissingSetting: when a variable is missing.
        """
        return cls(topic_arn=EnvironmentVariables(os.environ).text("TOPIC_ARN"))
