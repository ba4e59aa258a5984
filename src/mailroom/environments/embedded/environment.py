"""The embedded environment: LocalStack and Postgres of one checkout, as processes."""

import shutil
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING

from mailroom.deployment.environment_config import EnvironmentConfig, load_environment_config
from mailroom.environments.embedded.localstack import LocalStackServer
from mailroom.environments.embedded.state import State, StateFile
from mailroom.environments.environment import Environment
from mailroom.errors import NotUp
from mailroom.project import Project

if TYPE_CHECKING:
    from mailroom.environments.embedded.postgres import PostgresServer

# To stop or delete what is there, its ports need not be known.
_UNKNOWN = State(0, 0)


class EmbeddedEnvironment:
    """What is there, and how to take it down. `startup` brings it up.

    AWS's and Postgres' clients are imported where they are used: they take half a second, which
    `up` has while LocalStack boots.
    """

    name = "embedded"

    def __init__(self, project: Project) -> None:
        self.project = project
        self.file = StateFile(project.state)
        self.config: EnvironmentConfig = load_environment_config(project.environments, "local")

    @property
    def state(self) -> State | None:
        """What is known of it; None when it was never up."""
        return self.file.load()

    @property
    def running(self) -> bool:
        """Whether any part of it runs."""
        state = self.state
        return state is not None and any(record.alive() for record in state.processes)

    def connect(self) -> Environment:
        """The environment, for whoever wants to use it.

        Raises:
            NotUp: It is not up, or not all of it.
        """
        state = self.state
        if state is None or not (state.ready and state.running):
            raise NotUp
        return self.environment(state)

    def environment(self, state: State) -> Environment:
        """How to reach the parts of it, whether they run or not."""
        from mailroom.aws.sessions import EmulatorSession

        endpoint = self.localstack(state).endpoint
        account = self.config.account or "000000000000"
        session = EmulatorSession(endpoint, self.config.region, account)
        database = self.postgres(state).dsn()
        return Environment(
            self.name, endpoint, session, self.config.stack, database, f'psql "{database}"'
        )

    def localstack(self, state: State) -> LocalStackServer:
        return LocalStackServer(self.project, self.project.logs / "localstack.log", state.port)

    def postgres(self, state: State) -> "PostgresServer":
        from mailroom.environments.embedded.postgres import PostgresServer

        home = self.project.state / "postgres"
        return PostgresServer(home, self.project.logs / "postgres.log", state.postgres_port)

    def down(self, waiting: Callable[[], None] = lambda: None) -> bool:
        """Stop everything that was started; the data stays.

        Args:
            waiting: Called when another command is at work, before waiting for its end.

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
        return (
            [f"in {state}: the database with every message, logs, builds"] if state.exists() else []
        )

    def reset(self, waiting: Callable[[], None] = lambda: None) -> None:
        """Stop everything, and delete the data, the logs and what was built.

        Of the folder only what is ours goes: somebody may have chosen one that holds other things.
        """
        self.down(waiting)
        state = self.project.state
        with self.file.locked(waiting):
            self.postgres(_UNKNOWN).remove()
            for folder in ("build", "localstack", "logs"):
                shutil.rmtree(state / folder, ignore_errors=True)
            self.file.remove()
        with suppress(OSError):
            state.rmdir()

    def empty_database(self, waiting: Callable[[], None] = lambda: None) -> None:
        """Delete everything in the database, whether it is up or not; all else stays."""
        with self.file.locked(waiting):
            state = self.state or _UNKNOWN
            if state.postgres and state.postgres.alive():
                self.postgres(state).empty_database()
            else:
                self.postgres(state).remove()

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
