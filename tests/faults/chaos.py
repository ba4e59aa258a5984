"""Random faults, one at a time, each of which passes."""

import json
import random
import secrets
import signal
import time
import uuid
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack, suppress
from threading import Timer

import psutil
import psycopg

from mailroom.environments.embedded.environment import EmbeddedEnvironment
from tests.faults.postgres import Postgres
from tests.faults.processes import FunctionProcesses
from tests.faults.run import Run
from tests.support.ingestion_role import IngestionRole

_PAUSE_SECONDS = (3, 8)
_FROZEN_SECONDS = 3


class Chaos:
    """Causes a fault now and then, and repairs it before the next one."""

    def __init__(self, run: Run, embedded: EmbeddedEnvironment) -> None:
        self._run = run
        self._embedded = embedded
        self._postgres = Postgres(embedded)
        self._connect()
        self._counts: Counter[str] = Counter()
        self._mending = ExitStack()
        self._next = time.monotonic() + _PAUSE_SECONDS[0]
        self._faults: list[Callable[[], str]] = [
            self._kill,
            self._end_sessions,
            self._freeze_postgres,
            self._rotate_credentials,
            self._shut_out,
            self._restart_postgres,
            self._send_again,
            self._send_other_content,
            self._send_poison,
            self._send_unknown_type,
        ]

    def strike(self) -> str | None:
        """Do something evil if it is time for it; what it was."""
        if time.monotonic() < self._next:
            return None
        self.end()
        done = random.choice(self._faults)()
        self._counts[done] += 1
        self._next = time.monotonic() + random.uniform(*_PAUSE_SECONDS)
        return done

    def end(self) -> None:
        """Repair what is still broken."""
        self._mending.close()

    def close(self) -> None:
        """Repair what is still broken, and close the database connection."""
        self.end()
        self._database.close()

    def __str__(self) -> str:
        return ", ".join(f"{count} × {name}" for name, count in self._counts.most_common())

    def _kill(self) -> str:
        with suppress(psutil.Error, IndexError):
            random.choice(self._processes.at_work()).kill()
        return "a function killed"

    def _end_sessions(self) -> str:
        self._role.end_sessions()
        return "all sessions ended"

    def _freeze_postgres(self) -> str:
        mine = self._database.info.backend_pid
        sessions = [one for one in self._postgres.process.children() if one.pid != mine]
        # In its own thread: a count of rows may meanwhile wait for one of them.
        thaw = Timer(_FROZEN_SECONDS, _resume, [sessions])
        thaw.start()
        self._mending.callback(thaw.join)
        for process in sessions:
            with suppress(psutil.Error):
                process.suspend()
        return "Postgres frozen"

    def _rotate_credentials(self) -> str:
        password = secrets.token_urlsafe()
        self._mending.enter_context(self._role.other_password(password))
        self._mending.enter_context(self._role.other_secret(password=password))
        return "credentials rotated"

    def _shut_out(self) -> str:
        self._mending.enter_context(self._role.shut_out())
        return "logins refused"

    def _restart_postgres(self) -> str:
        self._database.close()
        self._postgres.end(signal.SIGKILL)
        self._postgres.start()
        self._connect()
        return "Postgres killed and started again"

    def _send_again(self) -> str:
        self._run.start_again()
        return "a batch sent again"

    def _send_other_content(self) -> str:
        self._run.start_with_other_content()
        return "ids sent with other content"

    def _send_poison(self) -> str:
        for event in self._run.events(len(self._run.types)):
            queue, kind = self._run.queues[event["type"]], event["type"]
            surplus = {**event, "data": {**event["data"], "a surplus": None}}
            for body in (json.dumps(event)[:-1], json.dumps(surplus)):
                self._run.put(queue, body, type=kind)
        return "poison among the messages"

    def _send_unknown_type(self) -> str:
        body = {"mark": self._run.source, "id": str(uuid.uuid4())}
        self._run.publish(json.dumps(body), type="greeting")
        return "a type without a subscription"

    def _connect(self) -> None:
        """Connect to the database, which may be another process than before."""
        environment = self._run.flow.environment
        self._database = psycopg.connect(environment.database, autocommit=True)
        self._role = IngestionRole(environment, self._database)
        self._processes = FunctionProcesses(self._embedded, self._database)


def _resume(processes: list[psutil.Process]) -> None:
    for process in processes:
        with suppress(psutil.Error):
            process.resume()
