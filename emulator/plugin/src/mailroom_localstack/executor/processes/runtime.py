"""One life of a runtime: its process, its Runtime API, and the wait for what it does."""

import math
import selectors
import sys
import time
from collections.abc import Callable
from enum import Enum, auto
from pathlib import Path

from mailroom_localstack.debug.session import Debugger
from mailroom_localstack.executor.function_settings import FunctionSettings
from mailroom_localstack.executor.log_lines import LogEvent
from mailroom_localstack.executor.processes import memory
from mailroom_localstack.executor.processes.process import RuntimeProcess
from mailroom_localstack.executor.processes.runtime_api import Event, RuntimeApi

MEMORY_CHECK_SECONDS = 0.1
EXIT_CHECK_SECONDS = 0.01
GOODBYE_SECONDS = 2.0
# What a function under a debugger has for time, as far as it is told.
UNLIMITED_MS = 24 * 60 * 60 * 1000


class Ending(Enum):
    """How a wait for the runtime ended."""

    DONE = auto()
    EXITED = auto()
    TIMED_OUT = auto()
    OUT_OF_MEMORY = auto()


class Runtime:
    """A runtime from its start to its end."""

    def __init__(
        self,
        process: RuntimeProcess,
        settings: FunctionSettings,
        folder: Path,
        log: list[LogEvent],
        debugger: Debugger | None = None,
    ) -> None:
        """Gives a process its function; the init begins.

        Args:
            process: one that waits for its assignment.
            settings: the function's.
            folder: what the function has for ``/tmp``.
            log: takes the lines that the process writes.
            debugger: what it waits for before its init. It lifts the memory limit, and the
                time-outs while it is attached.
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
            writable=[*settings.writable, folder],
            debugger=debugger.serve(self._selector, settings.task_root) if debugger else None,
        )

    def await_debugger(self, debugger: Debugger) -> bool:
        """Waits until a debugger is attached, and tells whether the init may begin."""
        self._wait(lambda: debugger.dismissed or not debugger.awaited, math.inf)
        self.started = time.monotonic()
        return not (debugger.dismissed and debugger.awaited)

    def initialise(self, deadline: float) -> Ending:
        """Waits until the runtime asks for its first event, or fails to get there."""
        ending = self._wait(lambda: self.api.idle or self.api.init_error is not None, deadline)
        if ending is Ending.DONE and self.api.init_error is not None:
            return Ending.EXITED
        self.ready = ending is Ending.DONE
        return ending

    def run(self, event: Event, deadline: float) -> Ending:
        """Gives the runtime an event and waits for the answer; then freezes it."""
        self._thaw()
        remaining_ms = max(0, (deadline - time.monotonic()) * 1000)
        if self._suspended:
            remaining_ms = UNLIMITED_MS
        self.api.offer(event, int(time.time() * 1000 + remaining_ms))
        ending = self._wait(lambda: self.api.answer is not None, deadline)
        if ending is Ending.DONE:
            self.process.freeze()
            self._frozen = True
            self._log += self.process.output.take()
            self._measure(memory.peak_bytes)
            if self.used_bytes > self._limit_bytes:
                return Ending.OUT_OF_MEMORY
        return ending

    def drain(self, seconds: float) -> None:
        """Lets the runtime go on until it ends by itself, for so long at most."""
        self._thaw()
        self._wait(lambda: False, time.monotonic() + seconds)

    def part(self, debugger: Debugger) -> None:
        """Lets a debugger leave in good order before the process is ended."""
        self._thaw()
        debugger.say_goodbye()
        end = time.monotonic() + GOODBYE_SECONDS
        self._wait(lambda: not debugger.attached or time.monotonic() > end, math.inf)

    def close(self) -> int:
        """Ends the process and gives its exit status; its last lines are logged."""
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
            # Done comes first: what a process answered before it ended counts.
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
        """Handles what is there within the time; tells whether anything but an end was."""
        handled = False
        for key, _ in self._selector.select(seconds):
            handled |= bool(key.data())
        return handled
