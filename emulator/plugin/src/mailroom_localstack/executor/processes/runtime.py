"""A runtime: its process, its Runtime API, and waiting for both."""

import math
import selectors
import sys
import time
from collections.abc import Callable
from enum import Enum, auto
from pathlib import Path

from mailroom_localstack.debug.session import DebugSession
from mailroom_localstack.executor.function_settings import FunctionSettings
from mailroom_localstack.executor.log_lines import LogEvent
from mailroom_localstack.executor.processes import memory
from mailroom_localstack.executor.processes.process import RuntimeProcess
from mailroom_localstack.executor.processes.runtime_api import Event, RuntimeApi

MEMORY_CHECK_SECONDS = 0.1
EXIT_CHECK_SECONDS = 0.01
DETACH_SECONDS = 2.0
# The remaining time that a function sees while a debugger is attached.
UNLIMITED_MS = 24 * 60 * 60 * 1000


class Ending(Enum):
    """How a wait for the runtime ended."""

    DONE = auto()
    EXITED = auto()
    TIMED_OUT = auto()
    OUT_OF_MEMORY = auto()


class Runtime:
    """Runs a function in one process."""

    def __init__(
        self,
        process: RuntimeProcess,
        settings: FunctionSettings,
        folder: Path,
        log: list[LogEvent],
        debugger: DebugSession | None = None,
    ) -> None:
        """Give a process its function; the init begins.

        Args:
            process: a process that waits for its assignment.
            settings: those of the function.
            folder: the function's folder for temporary files.
            log: the lines that the process writes are added to it.
            debugger: the session to wait for before the init. There is no memory limit then, and
                no time-out while a debugger is attached.
        """
        self.started = time.monotonic()
        self.process = process
        self.ready = False
        self.used_bytes = 0
        self._debugger = debugger
        self._limit_bytes = sys.maxsize if debugger else settings.memory_mb * memory.MEGABYTE
        self._log = log
        self._frozen = False
        self._selector = selectors.DefaultSelector()
        self.api = RuntimeApi(self._selector)
        process.register(self._selector, log)
        own = {"AWS_LAMBDA_RUNTIME_API": self.api.address, "TMPDIR": str(folder)}
        process.assign(
            {**settings.variables, **own},
            settings.task_root,
            settings.handler,
            live=settings.live,
            paths=settings.layers.python_paths(settings.runtime),
            program=settings.program,
            writable=[*settings.writable, folder],
            debugger=debugger.serve(self._selector, settings.task_root) if debugger else None,
        )

    def await_debugger(self, debugger: DebugSession) -> bool:
        """Waits until a debugger is attached, and tells whether the init may begin."""
        self._wait(lambda: debugger.dismissed or not debugger.awaited, math.inf)
        self.started = time.monotonic()
        return not (debugger.dismissed and debugger.awaited)

    def initialize(self, deadline: float) -> Ending:
        """Wait until the runtime asks for its first event, or has failed."""
        ending = self._wait(lambda: self.api.idle or self.api.init_error is not None, deadline)
        if ending is Ending.DONE and self.api.init_error is not None:
            return Ending.EXITED
        self.ready = ending is Ending.DONE
        return ending

    def run(self, event: Event, deadline: float) -> Ending:
        """Give the runtime an event, wait for the answer, and freeze the runtime."""
        self._thaw()
        remaining_ms = max(0, (deadline - time.monotonic()) * 1000)
        if self._suspended:
            remaining_ms = UNLIMITED_MS
        self.api.offer(event, int(time.time() * 1000 + remaining_ms))
        ending = self._wait(lambda: self.api.answer is not None, deadline)
        if ending is Ending.DONE:
            self.process.freeze()
            self._frozen = True
            self._log += self.process.output.take(all_of_it=True)
            self._measure(memory.peak_bytes)
            if self.used_bytes > self._limit_bytes:
                return Ending.OUT_OF_MEMORY
        return ending

    def drain(self, seconds: float) -> None:
        """Wait until the runtime ends by itself, for at most this long."""
        self._thaw()
        self._wait(lambda: False, time.monotonic() + seconds)

    def detach(self, debugger: DebugSession) -> None:
        """Let a debugger detach before the process is ended."""
        self._thaw()
        debugger.end()
        end = time.monotonic() + DETACH_SECONDS
        self._wait(lambda: not debugger.attached or time.monotonic() > end, math.inf)

    def close(self) -> int:
        """End the process and return its exit status; its last lines are logged."""
        if self._debugger is not None:
            self._debugger.close()
        self._measure(memory.peak_bytes)
        status = self.process.kill()
        self._log += self.process.output.take(all_of_it=True)
        self.api.close()
        self._selector.close()
        self.process.close()
        return status

    @property
    def _suspended(self) -> bool:
        return self._debugger is not None and self._debugger.attached

    def _measure(self, measure: Callable[[int], int]) -> None:
        self.used_bytes = max(self.used_bytes, measure(self.process.pid))

    def _thaw(self) -> None:
        if self._frozen:
            self.process.thaw()
            self._frozen = False

    def _wait(self, is_done: Callable[[], bool], deadline: float) -> Ending:
        tick = MEMORY_CHECK_SECONDS if self.process.tells_exit else EXIT_CHECK_SECONDS
        looked = time.monotonic()
        next_check = looked + MEMORY_CHECK_SECONDS
        while True:
            # First, because an answer counts even if the process has ended since.
            if is_done():
                return Ending.DONE
            now = time.monotonic()
            if self._suspended:
                deadline += now - looked
            looked = now
            if now >= deadline:
                return Ending.TIMED_OUT
            if now >= next_check:
                next_check = now + MEMORY_CHECK_SECONDS
                self._measure(memory.resident_bytes)
                if self.used_bytes > self._limit_bytes:
                    return Ending.OUT_OF_MEMORY
            if not self._handle(min(tick, deadline - now)) and self.process.has_exited():
                return Ending.EXITED

    def _handle(self, seconds: float) -> bool:
        """Handle events for so long; return whether there were any but the process's end."""
        handled = False
        for key, _ in self._selector.select(seconds):
            handled |= bool(key.data())
        return handled
