"""An execution environment: one function version, one process at a time, one invocation at a time.

See https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html
"""

import contextlib
import shutil
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from mailroom_localstack import reports
from mailroom_localstack.fingerprint import Fingerprint
from mailroom_localstack.memory import MEGABYTE
from mailroom_localstack.process import RuntimeProcess
from mailroom_localstack.reports import Failure, InvocationLog, LogEvent, log_event
from mailroom_localstack.runtime import Ending, Runtime
from mailroom_localstack.runtime_api import Answer, Event
from mailroom_localstack.settings import FunctionSettings

LAST_WORDS_SECONDS = 1.0

Spawn = Callable[[FunctionSettings], RuntimeProcess]


class EnvironmentStoppedError(Exception):
    """Raised when an environment is asked to work after it was stopped, or stopped at work."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an invocation came to."""

    payload: bytes
    is_error: bool
    log: InvocationLog


class Environment:
    """Runs a function as Lambda does: an init, then its invocations one by one."""

    def __init__(self, settings: FunctionSettings, spawn: Spawn) -> None:
        """Makes the environment's private folder; nothing runs yet."""
        self._settings = settings
        self._spawn = spawn
        self._folder = Path(tempfile.mkdtemp(prefix="mailroom-"))
        self._fingerprint = Fingerprint(settings.task_root) if settings.live else None
        self._code_state: object = None
        self._runtime: Runtime | None = None
        self._cold = True
        self._log: list[LogEvent] = []
        self._used_bytes = 0
        self._working = threading.Lock()
        self._stopped = False

    def start(self) -> None:
        """Starts the process; its init goes on meanwhile."""
        with self._work():
            self._start()

    def initialise(self) -> Answer | None:
        """Waits for the end of the init, for provisioned concurrency; gives its error if any."""
        with self._work():
            self._cold = False
            runtime = self._runtime or self._start()
            ending = runtime.initialise(runtime.started + self._settings.init_timeout_seconds)
            if ending is Ending.DONE:
                return None
            return self._fail("", ending, self._settings.init_timeout_seconds)

    def invoke(self, event: Event) -> Outcome:
        """Runs one invocation to its end.

        Raises:
            EnvironmentStoppedError: if the environment is stopped, before or meanwhile.
        """
        with self._work():
            self._reload()
            self._used_bytes = 0
            init_ms = self._cold_init() if self._cold else None
            self._note(reports.start_line(event.request_id, self._settings.version))
            begun = time.monotonic()
            answer = self._answer(event, begun + self._settings.timeout_seconds)
            duration_ms = (time.monotonic() - begun) * 1000
            return self._report(event, answer, duration_ms, init_ms)

    def stop(self, *, at_once: bool = False) -> None:
        """Ends the environment when its invocation is over, or at once. Any thread may call it."""
        self._stopped = True
        if self._working.acquire(blocking=False):
            try:
                self._clean_up()
            finally:
                self._working.release()
        elif at_once and (runtime := self._runtime) is not None:
            runtime.process.interrupt()

    @contextlib.contextmanager
    def _work(self) -> Iterator[None]:
        try:
            with self._working:
                if self._stopped:
                    raise EnvironmentStoppedError("The execution environment was stopped")
                yield
        finally:
            if self._stopped:
                self.stop()

    def _clean_up(self) -> None:
        if self._runtime is not None:
            self._retire()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _note(self, line: str) -> None:
        self._log.append(log_event(line))

    def _start(self) -> Runtime:
        if self._fingerprint is not None:
            self._code_state = self._fingerprint.take()
        process = self._spawn(self._settings)
        self._runtime = Runtime(process, self._settings, self._folder, self._log)
        return self._runtime

    def _retire(self) -> int:
        runtime, self._runtime = self._runtime, None
        assert runtime is not None
        status = runtime.close()
        self._used_bytes = max(self._used_bytes, runtime.used_bytes)
        return status

    def _reload(self) -> None:
        """Makes the next init a cold one if the code of a live function was edited."""
        if self._fingerprint is not None and self._runtime is not None:
            if self._fingerprint.take() == self._code_state:
                return
            self._retire()
            self._cold = True

    def _cold_init(self) -> float | None:
        """The init of a cold start: it has ten seconds of its own, and if it fails another try."""
        self._cold = False
        runtime = self._runtime or self._start()
        ending = runtime.initialise(runtime.started + self._settings.init_timeout_seconds)
        if ending is Ending.DONE:
            return (time.monotonic() - runtime.started) * 1000
        self._fail_init("init", "", ending, self._settings.init_timeout_seconds)
        return None

    def _answer(self, event: Event, deadline: float) -> Answer:
        """Hands the event to a runtime; one that ended after its last invocation is replaced."""
        timeout = self._settings.timeout_seconds
        while True:
            runtime = self._runtime or self._start()
            if not runtime.ready:
                ending = runtime.initialise(deadline)
                if ending is not Ending.DONE:
                    return self._fail_init("invoke", event.request_id, ending, timeout)
            ending = runtime.run(event, deadline)
            if ending is Ending.EXITED and not runtime.api.delivered and not self._stopped:
                self._retire()
                continue
            if ending is not Ending.DONE:
                return self._fail(event.request_id, ending, timeout)
            answer = runtime.api.answer
            assert answer is not None
            if answer.error_type == reports.RESPONSE_TOO_LARGE:
                # The runtime is refused and ends in an error of its own, which belongs in the log.
                runtime.drain(LAST_WORDS_SECONDS)
                self._retire()
            return answer

    def _fail_init(self, phase: str, request_id: str, ending: Ending, timeout: float) -> Answer:
        runtime = self._runtime
        assert runtime is not None
        duration_ms = (time.monotonic() - runtime.started) * 1000
        answer = self._fail(request_id, ending, timeout)
        if phase == "init" or ending is not Ending.TIMED_OUT:
            self._note(reports.init_report_line(duration_ms, phase, answer.error_type or ""))
        return answer

    def _fail(self, request_id: str, ending: Ending, timeout: float) -> Answer:
        """Ends the process and says what Lambda would say of it."""
        runtime = self._runtime
        assert runtime is not None
        status = self._retire()
        if self._stopped:
            raise EnvironmentStoppedError("The execution environment was stopped at work")
        if ending is Ending.TIMED_OUT:
            if request_id:
                self._note(reports.timeout_line(request_id, timeout))
            failure = reports.timed_out(request_id, timeout)
        elif runtime.api.init_error is not None:
            return runtime.api.init_error
        else:
            failure = reports.exited(request_id, status)
            if ending is Ending.OUT_OF_MEMORY:
                failure = reports.out_of_memory(request_id)
            if request_id:
                self._note(f"{failure.message}\n{reports.EXITED}")
        return answer_of(failure)

    def _report(
        self, event: Event, answer: Answer, duration_ms: float, init_ms: float | None
    ) -> Outcome:
        settings = self._settings
        if self._runtime is not None:
            self._used_bytes = max(self._used_bytes, self._runtime.used_bytes)
        ended_by_lambda = self._runtime is None
        self._note(reports.end_line(event.request_id))
        self._note(
            reports.report_line(
                event.request_id,
                duration_ms=min(duration_ms, settings.timeout_seconds * 1000),
                memory_mb=settings.memory_mb,
                used_mb=self._used_bytes // MEGABYTE,
                init_ms=init_ms,
                error_type=answer.error_type if ended_by_lambda else None,
            )
        )
        log = InvocationLog.of(self._log)
        self._log.clear()
        return Outcome(answer.payload, answer.error_type is not None, log)


def answer_of(failure: Failure) -> Answer:
    """A failure as an invocation's answer."""
    return Answer(failure.payload, failure.error_type)
