"""The `mailroom` command as a user runs it, on a state folder of a test's own."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

MAILROOM = Path(sys.executable).with_name("mailroom")


@dataclass(frozen=True)
class Command:
    """The command in one checkout, on one state folder.

    Attributes:
        checkout: Where it runs.
        state: MAILROOM_STATE.
        port: MAILROOM_PORT.
        environment: MAILROOM_ENVIRONMENT.
    """

    checkout: Path
    state: Path
    port: int = 0
    environment: str = "embedded"

    def run(
        self, *arguments: str, code: int = 0, given: str = "", seconds: float = 120
    ) -> subprocess.CompletedProcess[str]:
        """Run it to its end; the exit code has to be `code`.

        Its output has to end, too: a process that it left behind with an open pipe is waited for.
        """
        run = subprocess.run(
            [MAILROOM, *arguments],
            cwd=self.checkout,
            env=self.variables,
            input=given,
            capture_output=True,
            text=True,
            timeout=seconds,
        )
        assert run.returncode == code, f"exit code {run.returncode}\n{run.stdout}\n{run.stderr}"
        assert "Traceback" not in run.stderr
        return run

    def start(self, *arguments: str, output: Path) -> subprocess.Popen[bytes]:
        """Start it, with all of its output going to a file."""
        with output.open("wb") as target:
            return subprocess.Popen(
                [MAILROOM, *arguments],
                cwd=self.checkout,
                env=self.variables,
                stdin=subprocess.DEVNULL,
                stdout=target,
                stderr=subprocess.STDOUT,
                # Tests that run in the background may have inherited ignored interrupts.
                preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
            )

    def json(self, *arguments: str, code: int = 0) -> Any:
        """What it prints with --json."""
        return json.loads(self.run(*arguments, "--json", code=code).stdout)

    def send(self, events: Sequence[dict[str, Any]]) -> dict[str, Any]:
        """Send events from standard input; what became of them."""
        lines = "".join(f"{json.dumps(event)}\n" for event in events)
        result: dict[str, Any] = json.loads(self.run("send", "-", "--json", given=lines).stdout)
        return result

    def processes(self) -> list[psutil.Process]:
        """LocalStack and Postgres, and all that they started."""
        pids = [part["pid"] for part in self.json("status").values() if part["pid"]]
        roots = [psutil.Process(pid) for pid in pids]
        return [*roots, *(child for root in roots for child in root.children(recursive=True))]

    @property
    def variables(self) -> dict[str, str]:
        inherited = {k: v for k, v in os.environ.items() if not k.startswith("MAILROOM_")}
        own = {"MAILROOM_STATE": str(self.state), "MAILROOM_ENVIRONMENT": self.environment}
        # As where .venv is activated: hints name the command `mailroom`.
        own["PATH"] = f"{MAILROOM.parent}:{os.environ['PATH']}"
        return {**inherited, **own, **({"MAILROOM_PORT": str(self.port)} if self.port else {})}
