"""The settings of MigrateDatabaseFunction."""

import os
from dataclasses import dataclass
from typing import Self

from shared.settings import Environment


@dataclass(frozen=True)
class Settings:
    """Whose credentials to use and to complete, and where the migrations are.

    `database` holds what the owner's secret may lack: `host`, `port` and `dbname`.
    """

    owner_secret_arn: str
    database: dict[str, str]
    ingestion_secret_arn: str
    task_root: str

    @classmethod
    def from_environment(cls) -> Self:
        """Read the settings from the function's environment variables.

        Raises:
            MissingSetting: when one is absent.
        """
        environment = Environment(os.environ)
        names = {"host": "DATABASE_HOST", "port": "DATABASE_PORT", "dbname": "DATABASE_NAME"}
        return cls(
            owner_secret_arn=environment.text("DATABASE_SECRET_ARN"),
            database={key: os.environ[name] for key, name in names.items() if os.environ.get(name)},
            ingestion_secret_arn=environment.text("INGESTION_SECRET_ARN"),
            task_root=environment.text("LAMBDA_TASK_ROOT"),
        )
