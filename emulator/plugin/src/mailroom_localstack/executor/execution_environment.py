"""An execution environment: one function version, one process at a time, one invocation at a time.

See https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html
"""

import contextlib
import shutil
import threading
import time
from collections.abc import Callable, Iterator

from mailroom_localstack.debug.session import Debugger
from mailroom_localstack.executor import log_lines
from mailroom_localstack.executor.function_settings import FunctionSettings
from mailroom_localstack.executor.invocation_log import Journal, Outcome
from mailroom_localstack.executor.processes.process_pool import Nursery
from mailroom_localstack.executor.processes.runtime import Ending, Runtime
from mailroom_localstack.executor.processes.runtime_api import Answer, Event
from mailroom_localstack.executor.source_watcher import Fingerprint

LAST_WORDS_SECONDS = 1.0


class EnvironmentStoppedError(Exception):
    """Raised when an environment is stopped at work."""


class NeverStartedError(EnvironmentStoppedError):
    """Raised when an environment is asked to work after it was stopped: it did nothing."""


class Environment:
    """Runs a function as Lambda does: an init, then its invocations one by one."""

    def __init__(
        self,
        settings: FunctionSettings,
        nursery: Nursery,
        on_end: Callable[[], None] = lambda: None,
        debugger_for: Callable[[Event], Debugger | None] = lambda event: None,
    ) -> None:
        """Makes the environment's private folder; nothing runs yet.

        Args:
            settings: the function's.
            nursery: gives processes.
            on_end: called once, when nothing of the environment is left.
            debugger_for: asked at each invocation for the debugger that it has to wait for.
        """
        self._on_end = on_end
        self._debugger_for = debugger_for
        self._ended = False
        self._settings = settings
        self._nursery = nursery
        self._folder = nursery.make_folder()
        self._fingerprint = Fingerprint(settings.task_root) if settings.live else None
        self._code_state: object = None
        self._runtime: Runtime | None = None
        self._cold = True
        self._journal = Journal(settings)
        self._used_bytes = 0
        self._working = threading.Lock()
        self._stopped = False
        self._interrupted = False

    def start(self) -> None:
        """Starts the process; its init goes on meanwhile."""
        with self._work():
            self._start()

    def initialise(self) -> Answer | None:
        """Waits for the end of the init, for provisioned concurrency; gives its error if any."""
        with self._work():
            self._cold = False
            ending = self._own_init()
            if ending is Ending.DONE:
                return None
            return self._fail("", ending, self._settings.init_timeout_seconds)

    def invoke(self, event: Event) -> Outcome:
        """Runs one invocation to its end.

        Raises:
            NeverStartedError: if the environment was stopped before.
            EnvironmentStoppedError: if it is stopped at once meanwhile.
        """
        with self._work(), self._prepared(event):
            self._used_bytes = 0
            init_ms = self._cold_init() if self._cold else None
            self._journal.open(event)
            begun = time.monotonic()
            answer = self._answer(event, begun + self._settings.timeout_seconds)
            duration_ms = (time.monotonic() - begun) * 1000
            runtime = self._runtime
            return self._journal.close(
                event,
                answer,
                duration_ms=duration_ms,
                init_ms=init_ms,
                used_bytes=max(self._used_bytes, runtime.used_bytes if runtime else 0),
                process_ended=runtime is None,
            )

    def stop(self, *, at_once: bool = False) -> None:
        """Ends the environment when its invocation is over, or at once. Any thread may call it."""
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
            # Whoever stopped it meanwhile left the rest to the one at work.
            if self._stopped:
                self.stop()

    @contextlib.contextmanager
    def _prepared(self, event: Event) -> Iterator[None]:
        """Has the right process for an invocation: for one that is debugged one of its own, as
        the debugger has to be there before the function's code."""
        debugger = self._debugger_for(event)
        if debugger is None:
            self._reload()
            yield
            return
        try:
            self._go_cold()
            if not self._start(debugger).await_debugger(debugger):
                self._go_cold()
            yield
            if self._runtime is not None:
                self._runtime.part(debugger)
        finally:
            self._go_cold()
            debugger.close()

    def _go_cold(self) -> None:
        """Has the next init be a cold one."""
        if self._runtime is not None:
            self._retire()
        self._cold = True

    def _clean_up(self) -> None:
        if self._runtime is not None:
            self._retire()
        shutil.rmtree(self._folder, ignore_errors=True)
        if not self._ended:
            self._ended = True
            self._on_end()

    def _start(self, debugger: Debugger | None = None) -> Runtime:
        if self._fingerprint is not None:
            self._code_state = self._fingerprint.take()
        process = self._nursery.spawn(self._settings)
        self._runtime = Runtime(
            process, self._settings, self._folder, self._journal.events, debugger
        )
        return self._runtime

    def _retire(self) -> int:
        runtime, self._runtime = self._runtime, None
        assert runtime is not None
        status = runtime.close()
        self._used_bytes = max(self._used_bytes, runtime.used_bytes)
        return status

    def _reload(self) -> None:
        """Makes the next init a cold one if the code of a live function was edited."""
        if self._fingerprint is not None and self._fingerprint.take() != self._code_state:
            self._go_cold()

    def _own_init(self) -> Ending:
        runtime = self._runtime or self._start()
        return runtime.initialise(runtime.started + self._settings.init_timeout_seconds)

    def _cold_init(self) -> float | None:
        """The init of a cold start: it has ten seconds of its own, and if it fails another try."""
        self._cold = False
        ending = self._own_init()
        if ending is not Ending.DONE:
            self._fail_init("init", "", ending, self._settings.init_timeout_seconds)
            return None
        assert self._runtime is not None
        return (time.monotonic() - self._runtime.started) * 1000

    def _answer(self, event: Event, deadline: float) -> Answer:
        """Hands the event to a runtime; one that ended after its last invocation is replaced."""
        timeout = self._settings.timeout_seconds
        while True:
            runtime = self._runtime or self._start()
            if not runtime.ready:
                ending = runtime.initialise(deadline)
                if ending is not Ending.DONE:
                    return self._fail_init("invoke", event.request_id, ending, timeout)
            elif runtime.process.has_exited():
                # It may have asked for this event before: it would be given to nobody.
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
                # The runtime is refused and ends in an error of its own, which belongs in the log.
                runtime.drain(LAST_WORDS_SECONDS)
                self._retire()
            return answer

    def _fail_init(self, phase: str, request_id: str, ending: Ending, timeout: float) -> Answer:
        assert self._runtime is not None
        duration_ms = (time.monotonic() - self._runtime.started) * 1000
        answer = self._fail(request_id, ending, timeout)
        if phase == "init" or ending is not Ending.TIMED_OUT:
            line = log_lines.init_report_line(duration_ms, phase, answer.error_type or "")
            self._journal.note(line)
        return answer

    def _fail(self, request_id: str, ending: Ending, timeout: float) -> Answer:
        """Ends the process and says what Lambda would say of it."""
        runtime = self._runtime
        assert runtime is not None
        status = self._retire()
        if self._interrupted:
            raise EnvironmentStoppedError("The execution environment was stopped at work")
        return self._journal.explain(request_id, ending, status, runtime.api.init_error, timeout)
