"""The process of a runtime: started, watched, frozen and ended."""

import contextlib
import json
import os
import selectors
import signal
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from mailroom_localstack.executor import function_settings
from mailroom_localstack.executor.log_lines import LogEvent
from mailroom_localstack.executor.processes import bootstrap
from mailroom_localstack.executor.processes.output import Output
from mailroom_localstack.executor.processes.supervisor import Supervisor

BASE_VARIABLES = {"PATH": function_settings.PATH, "LANG": function_settings.LANG, "TZ": ":UTC"}


class RuntimeProcess:
    """An interpreter that runs ``bootstrap``, in a process group of its own."""

    def __init__(
        self, interpreter: Path, supervisor: Supervisor, variables: Mapping[str, str] | None = None
    ) -> None:
        """Start the interpreter, which waits for its assignment.

        Args:
            interpreter: of the function's runtime.
            supervisor: kills the process group when LocalStack's process is gone.
            variables: those that the interpreter reads when it starts.
        """
        self._supervisor = supervisor
        self.output = Output()
        try:
            self._process = subprocess.Popen(
                # Without the user's site packages, and without the script's folder on the path.
                # By the folder, the toolbox finds what a supervisor that was killed has left.
                [interpreter, "-s", "-P", bootstrap.__file__, supervisor.folder],
                stdin=subprocess.PIPE,
                stdout=self.output.writer,
                stderr=self.output.writer,
                env={**BASE_VARIABLES, **(variables or {})},
                cwd="/",
                start_new_session=True,
                bufsize=0,
            )
        except BaseException:
            self.output.close()
            raise
        finally:
            os.close(self.output.writer)
        self.pid = self._process.pid
        self._exit_watch = _watch_exit(self.pid)

    def assign(
        self,
        variables: Mapping[str, str],
        task_root: Path,
        handler: str,
        *,
        live: bool,
        paths: Sequence[str] = (),
        program: Sequence[str] = (),
        writable: Sequence[Path],
        debugger: Mapping[str, object] | None = None,
    ) -> None:
        """Tell the process which function to run.

        Args:
            variables: all its environment variables.
            task_root: folder of its code.
            handler: its handler.
            live: whether its code may change, so that no bytecode is written.
            paths: folders that come after the task root in ``sys.path``.
            program: command line of what the process becomes; empty for a function in Python.
            writable: where it may write.
            debugger: the debugger to wait for.
        """
        self._supervisor.watch(self.pid)
        assignment = {
            "variables": dict(variables),
            "task_root": str(task_root),
            "handler": handler,
            "live": live,
            "paths": list(paths),
            "program": list(program),
            "writable": [str(path) for path in writable],
            "debugger": debugger,
        }
        assert self._process.stdin is not None
        with contextlib.suppress(BrokenPipeError), self._process.stdin as stdin:
            stdin.write(json.dumps(assignment).encode())

    def register(self, selector: selectors.BaseSelector, log: list[LogEvent]) -> None:
        """Let the selector collect the output, and wake when the process ends."""
        self.output.register(selector, log)
        if self._exit_watch is not None:
            selector.register(self._exit_watch, selectors.EVENT_READ, lambda: False)

    @property
    def tells_exit(self) -> bool:
        """Whether a selector wakes when the process ends."""
        return self._exit_watch is not None

    def has_exited(self) -> bool:
        """Whether the process has ended. It isn't reaped, so its group's number stays in use."""
        if self._process.returncode is not None:
            return True
        options = os.WEXITED | os.WNOHANG | os.WNOWAIT
        with contextlib.suppress(ChildProcessError):
            return os.waitid(os.P_PID, self.pid, options) is not None
        return True

    def freeze(self) -> None:
        """Stop every process of the group, as Lambda does between two invocations."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Continue the group."""
        self._signal(signal.SIGCONT)

    def kill(self) -> int:
        """Kill the group, and return the exit status of its leader."""
        self._signal(signal.SIGKILL)
        status = self._process.wait()
        self._supervisor.release(self.pid)
        return status

    def interrupt(self) -> None:
        """Kill the group; any thread may call it."""
        self._signal(signal.SIGKILL)

    def close(self) -> None:
        """Close the descriptors of a process that was killed."""
        if self._process.stdin is not None:
            self._process.stdin.close()
        self.output.close()
        if self._exit_watch is not None:
            os.close(self._exit_watch)

    def _signal(self, number: signal.Signals) -> None:
        if self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.pid, number)


def _watch_exit(pid: int) -> int | None:
    """A descriptor that turns readable when a process ends, on Linux."""
    if not hasattr(os, "pidfd_open"):
        return None
    try:
        return os.pidfd_open(pid)
    except OSError:
        return None
