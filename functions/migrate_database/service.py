"""What MigrateDatabaseFunction does: migrations, the ingestion role, its secret."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import psycopg

from messages.types import MessageType, message_types
from migrate_database.lock import migration_lock
from migrate_database.migrations import apply_migrations
from migrate_database.role import grant_ingestion, put_role, role_name
from migrate_database.settings import Settings
from migrate_database.tables import check_tables
from shared import clients
from shared.clients import AWS_ERRORS, error_code, is_permanent
from shared.context import Deadline
from shared.errors import DatabaseMisconfigured, InvalidSecret, SecretUnavailable
from shared.logs import logger
from shared.secrets import Credentials, credentials, read_secret


def migrate(settings: Settings, deadline: Deadline, *, rollback: bool = False) -> dict[str, Any]:
    """Apply new migrations, create or alter the ingestion role, complete its secret.

    Args:
        settings: The function's.
        deadline: Until when it may wait.
        rollback: Whether an earlier release is brought back, which may lack later migrations.

    Raises:
        DatabaseUnavailable: when Postgres can't be reached before the deadline.
        MigrationLocked: when another migration lasts until the deadline.
        MigrationFailed: when a migration's SQL fails.
        InvalidMessageType: when the table of a message type takes less than its model allows.
        MigrationDrift: when a migration that was applied has been edited or removed.
        ConfigurationError: when a secret or the owner's privileges must be corrected.
    """
    client = clients.secrets_manager()
    owner = owner_credentials(settings)
    secret = read_secret(client, settings.ingestion_secret_arn)
    complete = secret | {
        "engine": "postgres",
        "host": owner.host,
        "port": owner.port,
        "dbname": owner.dbname,
    }
    if isinstance(wanted := secret.get("username"), str):
        complete["username"] = role_name(wanted)
    ingestion = credentials(complete, settings.ingestion_secret_arn)
    _check_distinct(owner, ingestion)
    types = list(message_types().values())
    with migration_lock(owner, deadline) as connection:
        folder = Path(settings.task_root) / "migrations"
        migrated = apply_migrations(
            owner, folder, *_type_migrations(types), removed_allowed=rollback
        )
        check_tables(connection, types)
        try:
            put_role(connection, ingestion)
            grant_ingestion(connection, ingestion, types)
        except psycopg.Error as error:
            # The cause would show the statement, and so the password's verifier.
            raise DatabaseMisconfigured(_without_statement(error)) from None
    if complete != secret:
        _write(settings.ingestion_secret_arn, complete)
    answer = {**asdict(migrated), "role": ingestion.username}
    logger.info("migrated", **answer)
    return answer


def _type_migrations(types: list[MessageType]) -> list[Path]:
    return [folder for one in types if (folder := one.folder / "migrations").is_dir()]


def owner_credentials(settings: Settings) -> Credentials:
    """Return the owner's credentials; the settings complete a secret that RDS manages.

    Raises:
        InvalidSecret: when the secret can't be used.
        SecretUnavailable: when Secrets Manager fails.
    """
    arn = settings.owner_secret_arn
    secret = read_secret(clients.secrets_manager(), arn)
    return credentials({**settings.database, **secret}, arn)


def _check_distinct(owner: Credentials, ingestion: Credentials) -> None:
    if owner.username == ingestion.username:
        raise InvalidSecret("the ingestion secret must name another role than the owner's")


def _without_statement(error: psycopg.Error) -> str:
    return f"role for ingestion: {error.sqlstate}: {error.diag.message_primary}"


def _write(arn: str, secret: dict[str, Any]) -> None:
    try:
        clients.secrets_manager().put_secret_value(SecretId=arn, SecretString=json.dumps(secret))
    except AWS_ERRORS as error:
        error_class = InvalidSecret if is_permanent(error) else SecretUnavailable
        # The cause may show the request, and so the password.
        raise error_class(f"secret {arn} can't be written: {error_code(error)}") from None
