"""Runs MigrateDatabaseFunction, which alone may change the database's schema."""

import json
from typing import Any

from mailroom.environments.environment import Environment
from mailroom.errors import MailroomError


def migrate_database(environment: Environment) -> dict[str, Any]:
    """Apply the migrations that the database has not had, and complete the ingestion role.

    Returns:
        `applied`, the names of the migrations, and `role`, the ingestion role's name.

    Raises:
        MailroomError: The function failed; the message is its own.
    """
    answer = environment.session.client("lambda").invoke(
        FunctionName=environment.outputs["MigrateDatabaseFunctionName"], Payload=b"{}"
    )
    result: dict[str, Any] = json.loads(answer["Payload"].read())
    if "FunctionError" in answer:
        raise MailroomError(
            f"the database was not migrated: {result['errorType']}: {result['errorMessage']}",
            "see: mailroom logs migrate",
        )
    return result
