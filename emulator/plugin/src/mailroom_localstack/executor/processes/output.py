"""The output of a process, as events of a log."""

import os
import selectors

from mailroom_localstack.executor.log_lines import LogEvent, log_event

PIPE_BYTES = 1 << 16


class Output:
    """A pipe for standard output and standard error together, which keeps their order.

    Attributes:
        writer: the end for the process, which the caller closes when the process has it.
    """

    def __init__(self) -> None:
        """Open the pipe."""
        self._reader, self.writer = os.pipe()
        os.set_blocking(self._reader, False)
        self._partial = b""

    def register(self, selector: selectors.BaseSelector, log: list[LogEvent]) -> None:
        """Let the selector collect what is written."""

        def collect() -> bool:
            chunk = self._read()
            if chunk == b"":
                selector.unregister(self._reader)
            log.extend(self._events(chunk or b""))
            return bool(chunk)

        selector.register(self._reader, selectors.EVENT_READ, collect)

    def take(self, *, all_of_it: bool = False) -> list[LogEvent]:
        """The events written since they were last collected.

        Args:
            all_of_it: include a last line that has no end yet.
        """
        events: list[LogEvent] = []
        while chunk := self._read():
            events += self._events(chunk)
        if all_of_it and self._partial:
            events += self._events(b"\n")
        return events

    def close(self) -> None:
        """Close the reading end."""
        os.close(self._reader)

    def _read(self) -> bytes | None:
        try:
            return os.read(self._reader, PIPE_BYTES)
        except BlockingIOError:
            return None

    def _events(self, chunk: bytes) -> list[LogEvent]:
        *lines, self._partial = (self._partial + chunk).split(b"\n")
        # awslambdaric separates the lines of a traceback by carriage returns: it is one event.
        return [
            log_event(line.decode(errors="replace").replace("\r", "\n")) for line in lines if line
        ]
