"""The embedded environment: LocalStack and Postgres of one checkout, as processes."""

import shutil
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING

from mailroom import temporary
from mailroom.application.mailroom_toml import has_database, local_config
from mailroom.deployment.environment_config import EnvironmentConfig
from mailroom.environments.embedded.localstack import LocalStackServer
from mailroom.environments.embedded.state import State, StateFile
from mailroom.environments.environment import DatabaseClient, Environment
from mailroom.errors import NotUp, Refused
from mailroom.project import SETTINGS, Project

if TYPE_CHECKING:
    import boto3

    from mailroom.database.logins import Login, PasswordFile
    from mailroom.environments.embedded.postgres import PostgresServer

# Ports don't matter to stop processes or delete files.
_UNKNOWN = State(0, 0)
# What `reset` deletes, besides Postgres's files and the temporary ones.
_FOLDERS = ("build", "localstack", "logs")


class EmbeddedEnvironment:
    """An environment: its state, and how to stop and delete it. `startup` brings it up.

    Clients of AWS and Postgres are imported where they are used: that takes half a second, which
    `up` has while LocalStack starts.
    """

    name = "embedded"

    def __init__(self, project: Project) -> None:
        self.project = project
        self.file = StateFile(project.state)
        self.config: EnvironmentConfig = local_config(project)
        self.has_database = has_database(project)

    @property
    def state(self) -> State | None:
        """The saved state; None when it was never up."""
        return self.file.load()

    @property
    def running(self) -> bool:
        """Whether any part of it runs."""
        state = self.state
        return state is not None and any(record.alive() for record in state.processes)

    @property
    def endpoint(self) -> str | None:
        """LocalStack's URL; None when it was never up."""
        state = self.state
        return self.localstack(state).endpoint if state else None

    @property
    def durable(self) -> bool:
        """Whether what LocalStack acknowledges survives its end."""
        state = self.state
        return state is not None and state.durable

    def connect(self, database: bool = True) -> Environment:
        """Return how to reach it.

        Args:
            database: Whether Postgres must be up too, if the application has a database.

        Raises:
            NotUp: A part of it is not up.
        """
        state = self.state
        if state is None or not (state.ready and state.runs(database and self.has_database)):
            raise NotUp
        return self.environment(state)

    def environment(self, state: State) -> Environment:
        """How to reach its parts, which may not run."""
        endpoint = self.localstack(state).endpoint
        database = self.postgres(state).dsn() if self.has_database else ""

        def open_session() -> "boto3.Session":
            from mailroom.aws.sessions import EmulatorSession

            return EmulatorSession(endpoint, self.config.region, self.config.emulated_account)

        return Environment(self.name, endpoint, open_session, self.config.stack, database)

    def localstack(self, state: State) -> LocalStackServer:
        return LocalStackServer(self.project, self.project.logs / "localstack.log", state.port)

    def postgres(self, state: State) -> "PostgresServer":
        from mailroom.environments.embedded.postgres import PostgresServer

        home = self.project.state / "postgres"
        return PostgresServer(home, self.project.logs / "postgres.log", state.postgres_port)

    @property
    def passwords(self) -> "PasswordFile":
        """The passwords of the database's logins."""
        from mailroom.database.logins import PasswordFile

        return PasswordFile(self.project.state / "pgpass")

    def database_url(self, login: "Login") -> str:
        """The URL of the database, with the login's password.

        Raises:
            NotUp: It is not up.
            Refused: The application has no database.
        """
        from mailroom.database.logins import url

        self._require_database()

        state, known = self.state, self.passwords.read()
        if state is None or login.user not in known:
            raise NotUp
        return url(login.user, known[login.user], state.postgres_port)

    def psql(self, login: "Login") -> DatabaseClient:
        """How psql opens the database: this machine's, else the one beside the packaged Postgres.

        Raises:
            Refused: There is no psql.
        """
        from mailroom.database.logins import DATABASE

        self._require_database()
        state = self.state or _UNKNOWN
        own = self.postgres(state).binaries / "psql"
        program = shutil.which("psql") or (str(own) if own.exists() else None)
        if program is None:
            raise Refused(
                "there is no psql on this machine, nor in the packaged Postgres",
                "install Postgres's client, or give another one the URL: mailroom database url",
            )
        where = f"host=127.0.0.1 port={state.postgres_port} dbname={DATABASE} user={login.user}"
        return DatabaseClient([program, where], {"PGPASSFILE": str(self.passwords.path)})

    def down(self, waiting: Callable[[], None] = lambda: None) -> bool:
        """Stop all processes; the data stays.

        Args:
            waiting: Called when another command has the lock, before waiting for it.

        Returns:
            Whether anything was running.
        """
        if not self.project.state.exists():
            return False
        with self.file.locked(waiting):
            return any([self.stop_localstack(), self.stop_postgres()])

    def deletions(self) -> list[str]:
        """What `reset` deletes, a line each."""
        state = self.project.state
        data = "the database with every message, logs" if self.has_database else "logs"
        known = (*_FOLDERS, "postgres", "environment.json")
        there = any((state / name).exists() for name in known)
        return [f"in {state}: {data}, builds"] if there else []

    def reset(self, waiting: Callable[[], None] = lambda: None) -> None:
        """Stop everything, and delete the data, the logs and what was built.

        Snapshots stay, and other files in the folder, as a user may have chosen one that is not
        empty.
        """
        self.down(waiting)
        state = self.project.state
        with self.file.locked(waiting):
            self.postgres(_UNKNOWN).remove()
            for folder in (*_FOLDERS, temporary.NAME):
                shutil.rmtree(state / folder, ignore_errors=True)
            self.passwords.remove()
            self.file.remove()
        with suppress(OSError):
            state.rmdir()

    def empty_database(self, waiting: Callable[[], None] = lambda: None) -> None:
        """Delete the database's content; Postgres may be up or not."""
        with self.file.locked(waiting):
            state = self.state or _UNKNOWN
            if state.postgres and state.postgres.alive():
                self.postgres(state).empty_database()
            else:
                self.postgres(state).remove()

    def _require_database(self) -> None:
        if not self.has_database:
            raise Refused(
                "this application has no database", f"it gets one by database = true in {SETTINGS}"
            )

    def stop_localstack(self) -> bool:
        """Stop LocalStack; returns whether it ran."""
        state = self.state or _UNKNOWN
        ran = self.localstack(state).stop()
        if state.localstack:
            self.file.save(state.with_(localstack=None, ready=False))
        return ran

    def stop_postgres(self) -> bool:
        """Stop Postgres; returns whether it ran."""
        state = self.state or _UNKNOWN
        ran = self.postgres(state).stop()
        if state.postgres:
            self.file.save(state.with_(postgres=None, ready=False))
        return ran
