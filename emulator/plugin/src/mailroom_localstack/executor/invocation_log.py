"""The log of an execution environment's invocations, and the errors of runtimes that ended."""

from dataclasses import dataclass

from mailroom_localstack.executor import log_lines
from mailroom_localstack.executor.function_settings import FunctionSettings
from mailroom_localstack.executor.log_lines import LogEvent, LogText, log_event
from mailroom_localstack.executor.processes.memory import MEGABYTE
from mailroom_localstack.executor.processes.runtime import Ending
from mailroom_localstack.executor.processes.runtime_api import Answer, Event


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of an invocation."""

    payload: bytes
    is_error: bool
    log: LogText


class InvocationLog:
    """Collects the log of one invocation after the other.

    Attributes:
        events: the log so far; a runtime adds the output of its process.
    """

    def __init__(self, settings: FunctionSettings) -> None:
        """Start with an empty log."""
        self._settings = settings
        self.events: list[LogEvent] = []

    def note(self, message: str) -> None:
        """Add an event with the current time."""
        self.events.append(log_event(message))

    def open(self, event: Event) -> None:
        """Log the start of an invocation."""
        self.note(log_lines.start_line(event.request_id, self._settings.version))

    def explain(
        self,
        request_id: str,
        ending: Ending,
        status: int,
        init_error: Answer | None,
        timeout_seconds: float,
    ) -> Answer:
        """Return the error that Lambda returns for a runtime that ended, and log it.

        Args:
            request_id: the invocation's; empty for an init before one, which isn't logged.
            ending: how the wait for the runtime ended.
            status: exit status of its process.
            init_error: the error with which its init failed, if it did.
            timeout_seconds: the time that it had.
        """
        if ending is Ending.TIMED_OUT:
            failure = log_lines.timed_out(request_id, timeout_seconds)
            line = log_lines.timeout_line(request_id, timeout_seconds)
        elif init_error is not None:
            return init_error
        else:
            is_memory = ending is Ending.OUT_OF_MEMORY
            failure = (
                log_lines.out_of_memory(request_id)
                if is_memory
                else log_lines.exited(request_id, status)
            )
            line = f"{failure.message}\n{log_lines.EXITED}"
        if request_id:
            self.note(line)
        return Answer(failure.payload, failure.error_type)

    def close(
        self,
        event: Event,
        answer: Answer,
        *,
        duration_ms: float,
        init_ms: float | None,
        used_bytes: int,
        process_ended: bool,
    ) -> Outcome:
        """Log the end of an invocation, and return its outcome with its log."""
        settings = self._settings
        self.note(log_lines.end_line(event.request_id))
        self.note(
            log_lines.report_line(
                event.request_id,
                duration_ms=min(duration_ms, settings.timeout_seconds * 1000),
                memory_mb=settings.memory_mb,
                used_mb=used_bytes // MEGABYTE,
                init_ms=init_ms,
                # An error that the function raised is its answer; the runtime has not failed.
                error_type=answer.error_type if process_ended else None,
            )
        )
        log = LogText.of(self.events)
        self.events.clear()
        return Outcome(answer.payload, answer.error_type is not None, log)
