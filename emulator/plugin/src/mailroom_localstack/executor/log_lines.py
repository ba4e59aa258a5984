"""The lines that Lambda writes to a function's log, and the errors that it returns itself.

See https://docs.aws.amazon.com/lambda/latest/dg/python-logging.html and
https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html
"""

import json
import math
import signal
import time
from dataclasses import dataclass
from datetime import UTC, datetime

RESPONSE_LIMIT_BYTES = 6_291_556

TIMED_OUT = "Sandbox.Timedout"
EXITED = "Runtime.ExitError"
OUT_OF_MEMORY = "Runtime.OutOfMemory"
RESPONSE_TOO_LARGE = "Function.ResponseSizeTooLarge"


@dataclass(frozen=True, slots=True)
class LogEvent:
    """One event of a log stream: milliseconds since the epoch, and its text."""

    timestamp: int
    message: str


class LogText(str):
    """The log of an invocation as one text, with its events."""

    events: tuple[LogEvent, ...]

    @classmethod
    def of(cls, events: list[LogEvent]) -> "LogText":
        """Join events."""
        log = cls("".join(f"{event.message}\n" for event in events))
        log.events = tuple(events)
        return log


@dataclass(frozen=True, slots=True)
class Failure:
    """An error that Lambda reports in the function's place."""

    error_type: str
    message: str

    @property
    def payload(self) -> bytes:
        """The error as an invoke returns it."""
        return json.dumps({"errorType": self.error_type, "errorMessage": self.message}).encode()


def log_event(message: str) -> LogEvent:
    """An event with the current time."""
    return LogEvent(time.time_ns() // 1_000_000, message)


def start_line(request_id: str, version: str) -> str:
    """The first line of an invocation's log."""
    return f"START RequestId: {request_id} Version: {version}"


def end_line(request_id: str) -> str:
    """The line after the last line of the function."""
    return f"END RequestId: {request_id}"


def report_line(
    request_id: str,
    *,
    duration_ms: float,
    memory_mb: int,
    used_mb: int,
    init_ms: float | None = None,
    error_type: str | None = None,
) -> str:
    """The line with duration and memory; the init of a cold start is billed too."""
    billed_ms = math.ceil(duration_ms + (init_ms or 0))
    fields = [
        f"REPORT RequestId: {request_id}",
        f"Duration: {duration_ms:.2f} ms",
        f"Billed Duration: {billed_ms} ms",
        f"Memory Size: {memory_mb} MB",
        f"Max Memory Used: {min(used_mb, memory_mb)} MB",
    ]
    if init_ms is not None:
        fields.append(f"Init Duration: {init_ms:.2f} ms")
    return "\t".join(fields + _status(error_type)) + "\t"


def init_report_line(init_ms: float, phase: str, error_type: str) -> str:
    """The line that reports an init that failed, in the ``init`` or the ``invoke`` phase."""
    fields = [f"INIT_REPORT Init Duration: {init_ms:.2f} ms", f"Phase: {phase}"]
    return "\t".join(fields + _status(error_type)) + "\t"


def timeout_line(request_id: str, seconds: float) -> str:
    """The line of an invocation that timed out."""
    now = datetime.now(UTC).isoformat(timespec="milliseconds").removesuffix("+00:00")
    return f"{now}Z {request_id} Task timed out after {seconds:.2f} seconds"


def timed_out(request_id: str, seconds: float) -> Failure:
    """The error of an invocation that timed out."""
    message = f"RequestId: {request_id} Error: Task timed out after {seconds:.2f} seconds"
    return Failure(TIMED_OUT, message)


def out_of_memory(request_id: str) -> Failure:
    """The error of an invocation that was killed at its memory limit."""
    return Failure(
        OUT_OF_MEMORY,
        f"RequestId: {request_id} Error: Runtime exited with error: signal: killed",
    )


def exited(request_id: str, status: int) -> Failure:
    """The error of a runtime whose process ended.

    Args:
        request_id: the invocation's.
        status: as in ``subprocess``: an exit status, or the negative number of a signal.
    """
    if status == 0:
        reason = "Runtime exited without providing a reason"
    elif status > 0:
        reason = f"Runtime exited with error: exit status {status}"
    else:
        name = (signal.strsignal(-status) or f"signal {-status}").split(":")[0].lower()
        reason = f"Runtime exited with error: signal: {name}"
    return Failure(EXITED, f"RequestId: {request_id} Error: {reason}")


def response_too_large() -> Failure:
    """The error of a response over the limit of a synchronous invoke.

    See https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
    """
    return Failure(
        RESPONSE_TOO_LARGE,
        "Response payload size exceeded maximum allowed payload size"
        f" ({RESPONSE_LIMIT_BYTES} bytes).",
    )


def _status(error_type: str | None) -> list[str]:
    if error_type is None:
        return []
    if error_type == TIMED_OUT:
        return ["Status: timeout"]
    return ["Status: error", f"Error Type: {error_type}"]
