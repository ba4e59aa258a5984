"""Starts, finds and stops the console's process, which outlives the command and LocalStack."""

import json
import shutil
import signal
import socket
import subprocess
import sys
from typing import Any

from mailroom.environments.embedded.processes import ProcessRecord, stop_processes
from mailroom.environments.ports import free_port, is_free, require_free_port
from mailroom.errors import StartFailed
from mailroom.local_http import get_json
from mailroom.project import Project
from mailroom.waiting import wait_until

DEFAULT_PORT = 4580
MODULE = "mailroom.console"
_HINT = "choose another port: mailroom console --port PORT"


class ConsoleProcess:
    """The console of a checkout; there is at most one.

    Args:
        project: The checkout.
    """

    def __init__(self, project: Project) -> None:
        self._project = project
        self._folder = project.state / "console"
        self._file = self._folder / "console.json"
        self._log = project.logs / "console.log"

    @property
    def url(self) -> str | None:
        """Its address; None when it doesn't run."""
        saved = self._saved()
        if saved and ProcessRecord(saved["pid"], str(self._folder.resolve())).alive():
            return f"http://127.0.0.1:{saved['port']}"
        return None

    def start(self, port: int | None = None, env: str | None = None, write: bool = False) -> str:
        """Start it unless it runs with the same options; returns its address at once.

        Its socket listens before the process runs: a browser that is faster waits.

        Args:
            port: Its port on 127.0.0.1; None for the last one, else 4580, or a free
                one if another process uses that.
            env: Name of an account's environment; None for the one that is up on this machine.
            write: Whether messages of the account may be sent, redriven and deleted.

        Raises:
            PortTaken: Another process uses the port.
        """
        saved, running = self._saved() or {}, self.url
        options = {"env": env, "write": write}
        same = running and options == {name: saved[name] for name in options}
        if running and same and port in (None, saved["port"]):
            return running
        self.stop()
        if port:
            require_free_port(port, "the console", _HINT)
        else:
            usual = int(saved.get("port", DEFAULT_PORT))
            port = usual if is_free(usual) else free_port()
        self._folder.mkdir(parents=True, exist_ok=True)
        process = self._spawn(port, env, write)
        self._file.write_text(json.dumps({**options, "port": port, "pid": process.pid}))
        return f"http://127.0.0.1:{port}"

    def start_here(self) -> str:
        """Start it for this machine's environment, unless it runs; returns its address at once.

        A console of an account's environment is stopped.
        """
        return self.start()

    def wait(self, url: str) -> None:
        """Wait until it answers.

        Raises:
            StartFailed: The process ended, or did not answer in time.
        """

        def ready() -> bool:
            if self.url is None:
                raise StartFailed("the console ended while it started", self._last_lines())
            return bool(get_json(f"{url}/health"))

        wait_until(ready, "the console", 30, self._last_lines)

    def stop(self) -> bool:
        """Stop it; returns whether it ran."""
        if not self._folder.exists():
            return False
        return stop_processes(self._folder, MODULE, signal.SIGTERM, seconds=3)

    def remove(self) -> None:
        """Stop it, and delete its files."""
        self.stop()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _spawn(self, port: int, env: str | None, write: bool) -> "subprocess.Popen[bytes]":
        self._log.parent.mkdir(parents=True, exist_ok=True)
        with socket.socket() as listening, self._log.open("ab") as log:
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listening.bind(("127.0.0.1", port))
            listening.listen(128)
            number = str(listening.fileno())
            folders = [str(self._project.root), str(self._project.state)]
            template = str(self._project.own_template or "")
            arguments = [number, *folders, env or "", "write" if write else "", template]
            return subprocess.Popen(
                [sys.executable, "-m", MODULE, *arguments],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                # A folder that no other program uses: it identifies the process.
                cwd=self._folder,
                pass_fds=[listening.fileno()],
                start_new_session=True,
            )

    def _saved(self) -> dict[str, Any] | None:
        try:
            document: dict[str, Any] = json.loads(self._file.read_text())
        except (OSError, ValueError):
            return None
        return document

    def _last_lines(self) -> str:
        lines = self._log.read_text(errors="replace").splitlines()[-8:]
        return "\n".join([f"the end of {self._log}:", *lines])
