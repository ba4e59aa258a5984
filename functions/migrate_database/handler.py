"""The entry point of MigrateDatabaseFunction."""

from typing import Any

from migrate_database.retention import is_asked_for, remove_old_rows
from migrate_database.service import migrate
from migrate_database.settings import Settings
from migrate_database.smoke_test import SmokeTest, end_smoke_test
from shared.clients import secrets_manager
from shared.context import Context, Deadline
from shared.logs import logger

_MARGIN_SECONDS = 3

# Made during Lambda's init phase, before a caller waits.
secrets_manager()


@logger.inject_lambda_context(clear_state=True)
def handler(event: Any, context: Context) -> dict[str, Any]:
    """Migrate the database, count and remove the messages of a smoke test, or remove old rows.

    Args:
        event: `{"smokeTest": {"batchId": …}}` or `{"removeOldRows": true}` for the latter two;
            `{"rollback": true}` when an earlier release is brought back; anything else is not read.
        context: Lambda's context.

    Returns:
        Of a migration: `applied`, the names of those that were applied now; `recorded`, of those
        whose digests were missing; `role`, the ingestion role's name.
    """
    settings = Settings.from_environment()
    smoke_test = SmokeTest.parse(event)
    if smoke_test:
        return end_smoke_test(settings, smoke_test)
    rollback = isinstance(event, dict) and event.get("rollback") is True
    deadline = Deadline.before_timeout(context, _MARGIN_SECONDS)
    if is_asked_for(event):
        return remove_old_rows(settings, deadline)
    return migrate(settings, deadline, rollback=rollback)
