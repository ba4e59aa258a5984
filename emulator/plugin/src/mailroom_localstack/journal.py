"""What an execution environment logs, and what it makes of how a runtime ended."""

from dataclasses import dataclass

from mailroom_localstack import reports
from mailroom_localstack.memory import MEGABYTE
from mailroom_localstack.reports import InvocationLog, LogEvent, log_event
from mailroom_localstack.runtime import Ending
from mailroom_localstack.runtime_api import Answer, Event
from mailroom_localstack.settings import FunctionSettings


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an invocation came to."""

    payload: bytes
    is_error: bool
    log: InvocationLog


class Journal:
    """Gathers the log of one invocation after the other.

    Attributes:
        events: the log so far; a runtime adds what its process writes.
    """

    def __init__(self, settings: FunctionSettings) -> None:
        """Begins empty."""
        self._settings = settings
        self.events: list[LogEvent] = []

    def note(self, message: str) -> None:
        """Adds an event of this moment."""
        self.events.append(log_event(message))

    def open(self, event: Event) -> None:
        """Notes that an invocation begins."""
        self.note(reports.start_line(event.request_id, self._settings.version))

    def explain(
        self,
        request_id: str,
        ending: Ending,
        status: int,
        init_error: Answer | None,
        timeout_seconds: float,
    ) -> Answer:
        """Says what Lambda says of a runtime that ended, and notes it if it is an invocation's.

        Args:
            request_id: the invocation's; empty in an init of its own.
            ending: how the wait for the runtime ended.
            status: exit status of its process.
            init_error: what it told of its failed init.
            timeout_seconds: what it had for time.
        """
        if ending is Ending.TIMED_OUT:
            failure = reports.timed_out(request_id, timeout_seconds)
            line = reports.timeout_line(request_id, timeout_seconds)
        elif init_error is not None:
            return init_error
        else:
            is_memory = ending is Ending.OUT_OF_MEMORY
            failure = (
                reports.out_of_memory(request_id)
                if is_memory
                else reports.exited(request_id, status)
            )
            line = f"{failure.message}\n{reports.EXITED}"
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
        """Notes the end of an invocation and gives its outcome with its log."""
        settings = self._settings
        self.note(reports.end_line(event.request_id))
        self.note(
            reports.report_line(
                event.request_id,
                duration_ms=min(duration_ms, settings.timeout_seconds * 1000),
                memory_mb=settings.memory_mb,
                used_mb=used_bytes // MEGABYTE,
                init_ms=init_ms,
                # An error that the function raised is its answer, and no fault of the runtime.
                error_type=answer.error_type if process_ended else None,
            )
        )
        log = InvocationLog.of(self.events)
        self.events.clear()
        return Outcome(answer.payload, answer.error_type is not None, log)
