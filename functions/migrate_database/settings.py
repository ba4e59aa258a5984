"""The settings of MigrateDatabaseFunction."""

import os
from dataclasses import dataclass
from typing import Self

from shared.settings import Environment


@dataclass(frozen=True)
class Settings:
    """Whose credentials to use and to complete, and where the migrations are."""

    owner_secret_arn: str
    ingestion_secret_arn: str
    task_root: str

    @classmethod
    def from_environment(cls) -> Self:
        """Read the settings from the function's environment variables.

        Raises:
            MissingSetting: when one is absent.
        """
        environment = Environment(os.environ)
        return cls(
            owner_secret_arn=environment.text("DATABASE_SECRET_ARN"),
            ingestion_secret_arn=environment.text("INGESTION_SECRET_ARN"),
            task_root=environment.text("LAMBDA_TASK_ROOT"),
        )
