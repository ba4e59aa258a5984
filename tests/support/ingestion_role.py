"""The ingestion role: its secret and sessions, and ways to make its logins fail."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from mailroom.environments.environment import Environment


class IngestionRole:
    """The ingestion role of one stack, changed by the database's superuser."""

    def __init__(self, environment: Environment, database: psycopg.Connection) -> None:
        self._secrets = environment.session.client("secretsmanager")
        self._arn = environment.outputs["IngestionSecretArn"]
        self._database = database
        self.name = self.secret()["username"]

    def secret(self) -> dict[str, Any]:
        """What the functions read."""
        secret: dict[str, Any] = json.loads(
            self._secrets.get_secret_value(SecretId=self._arn)["SecretString"]
        )
        return secret

    def login(self, **changes: str) -> str:
        """How the functions log in, as a connection string."""
        secret = self.secret()
        same = {name: secret[name] for name in ("dbname", "password")}
        # The functions may know the database by another name, which only they can resolve.
        here = {"host": "127.0.0.1", "port": str(self._database.info.port)}
        return make_conninfo(**{**here, **same, "user": secret["username"], **changes})

    def connect(self) -> psycopg.Connection:
        """Log in as the functions do."""
        return psycopg.connect(self.login(), autocommit=True)

    @contextmanager
    def other_secret(self, **changes: Any) -> Iterator[None]:
        """The functions read a secret that differs; at the end the secret is as it was."""
        before = self.secret()
        self._put(before | changes)
        try:
            yield
        finally:
            self._put(before)

    @contextmanager
    def shut_out(self) -> Iterator[None]:
        """The role has no session and can't log in; at the end it can."""
        self._alter(sql.SQL("NOLOGIN"))
        try:
            self.end_sessions()
            yield
        finally:
            self._alter(sql.SQL("LOGIN"))

    @contextmanager
    def other_password(self, password: str) -> Iterator[None]:
        """The role has no session and another password than its secret says; then its old one."""
        before = self.secret()["password"]
        self._alter(sql.SQL("PASSWORD {}").format(sql.Literal(password)))
        try:
            self.end_sessions()
            yield
        finally:
            self._alter(sql.SQL("PASSWORD {}").format(sql.Literal(before)))

    def end_sessions(self) -> None:
        """End the role's sessions, whatever they are doing."""
        self._database.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE usename = %s",
            [self.name],
        )

    def refusals(self, log: Path) -> int:
        """How often the role came with a wrong password, by Postgres' log."""
        refusal = f'password authentication failed for user "{self.name}"'
        return log.read_text(errors="replace").count(refusal)

    def waits_for_lock(self) -> bool:
        """Whether a session of the role is held up by somebody else's lock."""
        row = self._database.execute(
            "SELECT 1 FROM pg_stat_activity WHERE usename = %s AND wait_event_type = 'Lock'",
            [self.name],
        ).fetchone()
        return row is not None

    def _put(self, secret: dict[str, Any]) -> None:
        self._secrets.put_secret_value(SecretId=self._arn, SecretString=json.dumps(secret))

    def _alter(self, what: sql.Composable) -> None:
        role = sql.Identifier(self.name)
        self._database.execute(sql.SQL("ALTER ROLE {} {}").format(role, what))
