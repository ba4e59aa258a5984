"""Finds the environment that the console shows, again whenever it may have changed."""

import threading
import time
from typing import TYPE_CHECKING, Any

from mailroom.environments.environment import Environment
from mailroom.errors import MailroomError, Refused
from mailroom.project import Project

if TYPE_CHECKING:
    from botocore.model import OperationModel

# How long an environment is used before it is looked for again, in seconds.
_LOCAL, _AWS = 3.0, 60.0
# LocalStack doesn't record a call with this header, as the console's own calls tell nothing.
_HEADER = "X-Mailroom-Console"
_READS = ("Describe", "Filter", "Get", "List")


class Source:
    """The environment of a checkout that is up, or an account's.

    Args:
        project: The checkout.
        env: Name of an environment of an account; None for the one that is up on this machine.
        write: Whether messages of an account may be sent, redriven and deleted.
    """

    def __init__(self, project: Project, env: str | None = None, write: bool = False) -> None:
        self._project = project
        self._lock = threading.Lock()
        self._found: Environment | None = None
        self._deployed = 0.0
        self._until = 0.0
        self.env = env
        self.writable = env is None or write

    @property
    def name(self) -> str:
        """What the environment is called in commands: `local`, or the account's environment."""
        return self.env or "local"

    def environment(self) -> Environment:
        """The environment; the same object until it is deployed again or has moved.

        Raises:
            NotUp: None is up, or its LocalStack is not.
            Refused: The account can't be used, or both local environments are up.
        """
        with self._lock:
            if self._found is None or time.monotonic() > self._until:
                self._found = self._look()
                self._until = time.monotonic() + (_AWS if self.env else _LOCAL)
            return self._found

    def forget(self) -> None:
        """Look for the environment anew: a part of it did not answer."""
        with self._lock:
            self._until = 0.0

    def require_writable(self) -> None:
        """Check that the console may change something.

        Raises:
            Refused: It shows an account, and was started without `--write`.
        """
        if not self.writable:
            raise Refused(
                f"{self.env} is shown for reading only",
                f"start the console with: mailroom console --env {self.env} --write",
            )

    def _look(self) -> Environment:
        if self.env:
            from mailroom.promotion.preflight import deployed_environment

            return deployed_environment(self._project, self.env)
        from mailroom.environments.selection import connect

        try:
            # Most pages need no database; those that do say that it doesn't answer.
            fresh = connect(self._project, database=False)
        except MailroomError:
            self._found = None
            raise
        fresh.session.events.register("before-call", _mark)
        deployed, self._deployed = self._deployed, self._written()
        old = self._found
        same = (
            old is not None
            and (old.endpoint, old.database) == (fresh.endpoint, fresh.database)
            and deployed == self._deployed
        )
        return old if same and old is not None else fresh

    def _written(self) -> float:
        """When `up` last saved the state, which it does after each deployment."""
        file = self._project.state / "environment.json"
        return file.stat().st_mtime if file.exists() else 0.0


def _mark(model: "OperationModel", params: dict[str, Any], **_: object) -> None:
    """Mark a call that only reads as the console's own."""
    if model.name.startswith(_READS):
        params["headers"][_HEADER] = "look"
