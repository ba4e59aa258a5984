"""Processes of runtimes, started ahead.

Lambda has sandboxes with a started runtime ready, so its cold starts don't include the start of an
interpreter. Here one process of each interpreter waits for its assignment. The next one is started
a moment after it was taken, so that it doesn't compete with the function's init.
"""

import threading
from pathlib import Path

from mailroom_localstack.executor.function_settings import FunctionSettings
from mailroom_localstack.executor.processes.process import RuntimeProcess
from mailroom_localstack.executor.processes.supervisor import Supervisor

REPLACEMENT_SECONDS = 0.3


class ProcessPool:
    """Starts processes, and keeps one of each interpreter ready."""

    def __init__(
        self, supervisor: Supervisor, replacement_seconds: float = REPLACEMENT_SECONDS
    ) -> None:
        """Start nothing yet.

        Args:
            supervisor: watches the processes that were given a function.
            replacement_seconds: how long after a process was taken the next one is started.
        """
        self._supervisor = supervisor
        self._replacement_seconds = replacement_seconds
        self._ready: dict[Path, RuntimeProcess] = {}
        self._lock = threading.Lock()
        self._closed = False

    def expect(self, interpreter: Path) -> None:
        """Start a process of an interpreter, unless one is ready."""
        with self._lock:
            if interpreter not in self._ready and not self._closed:
                self._ready[interpreter] = RuntimeProcess(interpreter, self._supervisor)

    def make_folder(self) -> Path:
        """Make a private folder, for an execution environment's temporary files."""
        return self._supervisor.make_folder()

    def spawn(self, settings: FunctionSettings) -> RuntimeProcess:
        """Return a process that waits for its assignment: the one that is ready, or a new one."""
        variables = settings.interpreter_variables
        if variables:
            return RuntimeProcess(settings.interpreter, self._supervisor, variables)
        with self._lock:
            ready = self._ready.pop(settings.interpreter, None)
        replacement = threading.Timer(
            self._replacement_seconds, self.expect, (settings.interpreter,)
        )
        replacement.daemon = True
        replacement.start()
        if ready is not None:
            if not ready.has_exited():
                return ready
            ready.kill()
            ready.close()
        return RuntimeProcess(settings.interpreter, self._supervisor)

    def close(self) -> None:
        """End the processes that are ready."""
        with self._lock:
            self._closed = True
            ready, self._ready = self._ready, {}
        for process in ready.values():
            process.kill()
            process.close()
