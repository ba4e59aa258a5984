"""The settings of MigrateDatabaseFunction."""

import os
from dataclasses import dataclass
from typing import Self

from shared.environment_variables import EnvironmentVariables


@dataclass(frozen=True)
class Settings:
    """The owner's secret, the ingestion role's secret, and the folder of the package.

    `database` holds `host`, `port` and `dbname`, which a secret that RDS manages lacks. Rows are
    kept for `row_retention_days`, or for ever if it is 0.
    """

    owner_secret_arn: str
    database: dict[str, str]
    ingestion_secret_arn: str
    task_root: str
    row_retention_days: int = 0

    @classmethod
    def from_environment(cls) -> Self:
        """Read the settings from the function's environment variables.

        Raises:
            MissingSetting: when a variable is missing.
        """
        variables = EnvironmentVariables(os.environ)
        names = {"host": "DATABASE_HOST", "port": "DATABASE_PORT", "dbname": "DATABASE_NAME"}
        return cls(
            owner_secret_arn=variables.text("DATABASE_SECRET_ARN"),
            database={key: os.environ[name] for key, name in names.items() if os.environ.get(name)},
            ingestion_secret_arn=variables.text("INGESTION_SECRET_ARN"),
            task_root=variables.text("LAMBDA_TASK_ROOT"),
            row_retention_days=int(os.environ.get("ROW_RETENTION_DAYS") or 0),
        )
