"""Invokes MigrateDatabaseFunction, which alone may change the database's schema."""

from typing import Any

from mailroom.environments.environment import Environment
from mailroom.errors import MailroomError
from mailroom.invocation import invoke
from mailroom.wording import counted

_RESET = "or, here, empty the database and migrate it again: mailroom database reset"
_LOG = "see: mailroom logs migrate"


def migrate_database(environment: Environment, *, rollback: bool = False) -> str:
    """Apply new migrations, and create or alter the ingestion role.

    Args:
        environment: The environment of the database.
        rollback: Whether the release is an earlier one, which may lack migrations that were
            applied.

    Returns:
        What was done, as a short text.

    Raises:
        MailroomError: The function failed; the message is the function's.
    """
    name = environment.outputs["MigrateDatabaseFunctionName"]
    answer = invoke(environment.session, name, {"rollback": rollback})
    if answer.failed:
        # Only a local environment's database can be emptied.
        drifted = answer.error.startswith("MigrationDrift")
        raise MailroomError(
            f"the database was not migrated: {answer.error}",
            (_RESET if environment.database else "") if drifted else _LOG,
        )
    return _summary(answer.payload)


def _summary(result: dict[str, Any]) -> str:
    # An earlier release's function records no digests.
    applied, recorded = result["applied"], result.get("recorded", [])
    done = counted(len(applied), "migration") if applied else "nothing to migrate"
    noted = f", {counted(len(recorded), 'digest')} of earlier ones recorded" if recorded else ""
    return f"{done}{noted}"
