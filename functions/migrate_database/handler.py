"""The entry point of MigrateDatabaseFunction."""

from typing import Any

from migrate_database.service import migrate
from migrate_database.settings import Settings
from shared.context import Context, Deadline
from shared.logs import logger

_MARGIN_SECONDS = 3


@logger.inject_lambda_context(clear_state=True)
def handler(event: Any, context: Context) -> dict[str, Any]:
    """Bring the database up to date; the event is not read."""
    settings = Settings.from_environment()
    return migrate(settings, Deadline.before_timeout(context, _MARGIN_SECONDS))
