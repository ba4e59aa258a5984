"""An execution environment: one function version, one process and one invocation at a time.

See https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html
"""

import contextlib
import shutil
import threading
import time
from collections.abc import Callable, Iterator

from mailroom_localstack.debug.session import DebugSession
from mailroom_localstack.executor import log_lines
from mailroom_localstack.executor.function_settings import FunctionSettings
from mailroom_localstack.executor.invocation_log import InvocationLog, Outcome
from mailroom_localstack.executor.processes.process_pool import ProcessPool
from mailroom_localstack.executor.processes.runtime import Ending, Runtime
from mailroom_localstack.executor.processes.runtime_api import Answer, Event
from mailroom_localstack.executor.source_watcher import SourceWatcher, State
from mailroom_localstack.executor.turns import Turn

DRAIN_SECONDS = 1.0


class EnvironmentStoppedError(Exception):
    """Raised when an execution environment is stopped during an invocation."""


class NeverStartedError(EnvironmentStoppedError):
    """Raised when an execution environment was stopped before the invocation began."""


class ExecutionEnvironment:
    """Runs a function as Lambda does: an init, then one invocation after the other."""

    def __init__(
        self,
        settings: FunctionSettings,
        process_pool: ProcessPool,
        on_end: Callable[[], None] = lambda: None,
        debugger_for: Callable[[Event], DebugSession | None] = lambda event: None,
    ) -> None:
        """Make the private folder; nothing runs yet.

        Args:
            settings: those of the function.
            process_pool: where processes come from.
            on_end: called once, when the process and the folder are gone.
            debugger_for: returns the debug session that an invocation has to wait for, if any.
        """
        self._on_end = on_end
        self._debugger_for = debugger_for
        self._ended = False
        self._settings = settings
        self._process_pool = process_pool
        self._folder = process_pool.make_folder()
        self._source_watchers = [SourceWatcher(folder) for folder in settings.watched]
        self._code_state: list[State] = []
        self._runtime: Runtime | None = None
        self._cold = True
        self._turn = Turn()
        self._log = InvocationLog(settings)
        self._used_bytes = 0
        self._working = threading.Lock()
        self._stopped = False
        self._interrupted = False

    def start(self) -> None:
        """Start the process when it is its turn, and return while its init runs."""
        with self._work():
            self._turn.wait()
            self._start()

    def initialize(self) -> Answer | None:
        """Wait until the init ends, for provisioned concurrency; return its error if it failed."""
        with self._work():
            self._cold = False
            ending = self._own_init()
            if ending is Ending.DONE:
                return None
            return self._fail("", ending, self._settings.init_timeout_seconds)

    def invoke(self, event: Event) -> Outcome:
        """Run one invocation.

        Raises:
            NeverStartedError: if it was stopped before.
            EnvironmentStoppedError: if it is stopped at once during the invocation.
        """
        with self._work(), self._prepared(event):
            self._used_bytes = 0
            init_ms = self._cold_init() if self._cold else None
            self._log.open(event)
            begun = time.monotonic()
            answer = self._answer(event, begun + self._settings.timeout_seconds)
            duration_ms = (time.monotonic() - begun) * 1000
            runtime = self._runtime
            return self._log.close(
                event,
                answer,
                duration_ms=duration_ms,
                init_ms=init_ms,
                used_bytes=max(self._used_bytes, runtime.used_bytes if runtime else 0),
                process_ended=runtime is None,
            )

    def stop(self, *, at_once: bool = False) -> None:
        """End when the invocation has ended, or at once. Any thread may call it."""
        self._stopped = True
        if self._working.acquire(blocking=False):
            try:
                self._clean_up()
            finally:
                self._working.release()
        elif at_once:
            self._interrupted = True
            if (runtime := self._runtime) is not None:
                runtime.process.interrupt()

    @contextlib.contextmanager
    def _work(self) -> Iterator[None]:
        try:
            with self._working:
                if self._stopped:
                    raise NeverStartedError("The execution environment was stopped")
                yield
        finally:
            # A thread that stopped it during the invocation left the clean-up to this one.
            if self._stopped:
                self.stop()

    @contextlib.contextmanager
    def _prepared(self, event: Event) -> Iterator[None]:
        """Start a new process for an invocation that is debugged, as the debugger has to be
        attached before the function's code is imported."""
        debugger = self._debugger_for(event)
        if debugger is None:
            self._reload()
            yield
            return
        self._turn.end()  # A person's steps take no turn of others.
        try:
            self._go_cold()
            if not self._start(debugger).await_debugger(debugger):
                self._go_cold()
            yield
            if self._runtime is not None:
                self._runtime.detach(debugger)
        finally:
            self._go_cold()
            debugger.close()

    def _go_cold(self) -> None:
        """End the process, so that the next init is a cold start."""
        if self._runtime is not None:
            self._retire()
        self._cold = True

    def _clean_up(self) -> None:
        self._turn.end()
        if self._runtime is not None:
            self._retire()
        shutil.rmtree(self._folder, ignore_errors=True)
        if not self._ended:
            self._ended = True
            self._on_end()

    def _start(self, debugger: DebugSession | None = None) -> Runtime:
        self._code_state = self._sources()
        process = self._process_pool.spawn(self._settings)
        self._runtime = Runtime(process, self._settings, self._folder, self._log.events, debugger)
        return self._runtime

    def _retire(self) -> int:
        runtime, self._runtime = self._runtime, None
        assert runtime is not None
        status = runtime.close()
        self._used_bytes = max(self._used_bytes, runtime.used_bytes)
        return status

    def _reload(self) -> None:
        """Make the next init a cold start if the code of a live function was edited."""
        if self._sources() != self._code_state:
            self._go_cold()

    def _sources(self) -> list[State]:
        return [watcher.state() for watcher in self._source_watchers]

    def _own_init(self) -> Ending:
        try:
            runtime = self._runtime or self._start()
            return runtime.initialize(runtime.started + self._settings.init_timeout_seconds)
        finally:
            self._turn.end()

    def _cold_init(self) -> float | None:
        """Run the init of a cold start, which has ten seconds of its own and is tried twice."""
        self._cold = False
        ending = self._own_init()
        if ending is not Ending.DONE:
            self._fail_init("init", "", ending, self._settings.init_timeout_seconds)
            return None
        assert self._runtime is not None
        return (time.monotonic() - self._runtime.started) * 1000

    def _answer(self, event: Event, deadline: float) -> Answer:
        """Give the event to a runtime; replace one that ended after its last invocation."""
        timeout = self._settings.timeout_seconds
        while True:
            runtime = self._runtime or self._start()
            if not runtime.ready:
                ending = runtime.initialize(deadline)
                if ending is not Ending.DONE:
                    return self._fail_init("invoke", event.request_id, ending, timeout)
            elif runtime.process.has_exited():
                # It may have asked for this event before it ended, and can't receive it.
                self._retire()
                continue
            ending = runtime.run(event, deadline)
            if ending is Ending.EXITED and not runtime.api.delivered and not self._interrupted:
                self._retire()
                continue
            if ending is not Ending.DONE:
                return self._fail(event.request_id, ending, timeout)
            answer = runtime.api.answer
            assert answer is not None
            if answer.error_type == log_lines.RESPONSE_TOO_LARGE:
                # The refused runtime ends with an error of its own, which belongs in the log.
                runtime.drain(DRAIN_SECONDS)
                self._retire()
            return answer

    def _fail_init(self, phase: str, request_id: str, ending: Ending, timeout: float) -> Answer:
        assert self._runtime is not None
        duration_ms = (time.monotonic() - self._runtime.started) * 1000
        answer = self._fail(request_id, ending, timeout)
        if phase == "init" or ending is not Ending.TIMED_OUT:
            line = log_lines.init_report_line(duration_ms, phase, answer.error_type or "")
            self._log.note(line)
        return answer

    def _fail(self, request_id: str, ending: Ending, timeout: float) -> Answer:
        """End the process, and return the error that Lambda would return."""
        runtime = self._runtime
        assert runtime is not None
        status = self._retire()
        if self._interrupted:
            raise EnvironmentStoppedError("The environment was stopped during the invocation")
        return self._log.explain(request_id, ending, status, runtime.api.init_error, timeout)
