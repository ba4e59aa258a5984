"""The settings of PublishMessagesFunction."""

import os
from dataclasses import dataclass
from typing import Self

from shared.settings import Environment


@dataclass(frozen=True)
class Settings:
    """Where to publish."""

    topic_arn: str

    @classmethod
    def from_environment(cls) -> Self:
        """Read the settings from the function's environment variables.

        Raises:
            MissingSetting: when one is absent.
        """
        return cls(topic_arn=Environment(os.environ).text("TOPIC_ARN"))
