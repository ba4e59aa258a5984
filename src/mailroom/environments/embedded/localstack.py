"""LocalStack as a process, with the plugin that runs Lambda functions as processes."""

import os
import shutil
import signal
from pathlib import Path

from mailroom.environments.embedded.plugin import require_installed_plugin
from mailroom.environments.embedded.processes import (
    ProcessRecord,
    kill_groups,
    start_detached,
    stop_processes,
)
from mailroom.errors import StartFailed
from mailroom.packaging.dependencies import RUNTIME
from mailroom.packaging.runtimes import installed_runtimes
from mailroom.packaging.shared import INDEX
from mailroom.project import Project
from mailroom.waiting import wait_until

MODULE = "mailroom_localstack"
OWN_USER = "own"
# Variables of the caller's that are LocalStack's too.
_PASSED_ON = (
    *("MAILROOM_HOSTS", "MAILROOM_OBSERVATION", "MAILROOM_VALIDATION"),
    "MAILROOM_SPARE_MEMORY_MB",
    *("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"),
)
# docs/localstack.md explains each.
SETTINGS = {
    "CFN_IGNORE_UNSUPPORTED_RESOURCE_TYPES": "0",
    "DISABLE_EVENTS": "1",
    "DNS_ADDRESS": "0",
    "GATEWAY_SERVER": "mailroom",
    "IN_MEMORY_CLIENT": "1",
    "LAMBDA_EVENT_SOURCE_MAPPING_POLL_INTERVAL_SEC": "0.05",
    # `up` invokes it right after the deployment.
    "LAMBDA_PROCESS_AHEAD": "MigrateDatabaseFunction",
    "LAMBDA_RUNTIME_EXECUTOR": "process",
    "LS_LOG": "warn",
    # In a container LocalStack would otherwise use folders that all LocalStacks share.
    "OVERRIDE_IN_DOCKER": "0",
    "S3_SKIP_SIGNATURE_VALIDATION": "0",
    "SKIP_SSL_CERT_DOWNLOAD": "1",
    "SQS_DELAY_PURGE_RETRY": "1",
    "SQS_DISABLE_CLOUDWATCH_METRICS": "1",
    "SQS_ENDPOINT_STRATEGY": "path",
}


class LocalStackServer:
    """LocalStack: its files and its process.

    Args:
        project: The checkout.
        log: File that its log is appended to.
        port: TCP port on 127.0.0.1.
    """

    def __init__(self, project: Project, log: Path, port: int) -> None:
        self._project = project
        self._home = project.state / "localstack"
        self._log = log
        self.port = port

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def settings(self) -> dict[str, str]:
        """LocalStack's settings, except its address and its IAM mode."""
        home = str(self._home)
        if self._project.is_workflow:
            runtimes, others = {RUNTIME: self._project.interpreter(RUNTIME)}, {}
        else:
            runtimes, others = installed_runtimes(self._project), self._of_others()
        return {
            **SETTINGS,
            **others,
            "HOME": home,
            "FILESYSTEM_ROOT": home,
            "LOCALSTACK_VOLUME_DIR": home,
            "TMPDIR": str(self._home / "tmp"),
            "LAMBDA_PROCESS_RUNTIMES": ",".join(
                f"{name}={path}" for name, path in runtimes.items()
            ),
            "LAMBDA_PROCESS_DEBUGPY": str(self._project.packages("debugger")),
            "LAMBDA_PROCESS_LOG_FILE": str(self._project.logs / "functions.jsonl"),
            "MAILROOM_DURABLE_FOLDER": str(self._home / "durable"),
        }

    def _of_others(self) -> dict[str, str]:
        """Settings for other applications than the message workflow.

        A function for the other architecture runs as this machine's, which `up` tells. The
        JavaScript SDK calls the host of a queue's URL, which has to be there offline.
        """
        return {
            "LAMBDA_IGNORE_ARCHITECTURE": "1",
            "LAMBDA_PROCESS_AHEAD": "",
            "LOCALSTACK_HOST": f"127.0.0.1:{self.port}",
        }

    def start(self, iam: str | None = None, durability: str | None = None) -> ProcessRecord:
        """Start it; call `wait` before using it.

        Args:
            iam: What happens to a call that its policies don't allow: `enforce`, `observe` or
                `off`; what MAILROOM_IAM says if None.
            durability: Whether what it acknowledges survives its end: `on` or `off`; what
                MAILROOM_DURABILITY says if None.

        Raises:
            Refused: The installed plugin is older than the checkout.
            StartFailed: The process could not be started.
        """
        require_installed_plugin(self._project)
        home = self._home
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        # LocalStack's cache of entry points may be older than the installed plugin.
        shutil.rmtree(home / ".cache" / "plux", ignore_errors=True)
        # Remove the temporary files of a LocalStack that was killed.
        shutil.rmtree(home / "tmp", ignore_errors=True)
        (home / "tmp").mkdir()
        self._provide_index()
        return start_detached(
            [self._project.interpreter("engine"), "-m", MODULE],
            self._log,
            {
                **self.settings(),
                "PATH": os.environ.get("PATH", os.defpath),
                "GATEWAY_LISTEN": f"127.0.0.1:{self.port}",
                "MAILROOM_USERS": os.environ.get("MAILROOM_USERS") or OWN_USER,
                "MAILROOM_IAM": iam or os.environ.get("MAILROOM_IAM", ""),
                "MAILROOM_DURABILITY": durability or os.environ.get("MAILROOM_DURABILITY", ""),
                **{name: os.environ.get(name, "") for name in _PASSED_ON},
            },
            folder=home,
        )

    def _provide_index(self) -> None:
        """Link LocalStack's index of AWS's operations, where `make install` has made it."""
        made, own = self._project.home / ".envs" / "engine" / ".shared" / INDEX, self._home / INDEX
        if own.is_symlink():
            own.unlink()
        if made.is_dir() and not own.exists():
            own.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            own.symlink_to(made)

    def wait(self, process: ProcessRecord) -> None:
        """Wait until it answers.

        Raises:
            StartFailed: The process ended, or did not answer in time.
        """

        def ready() -> bool:
            if not process.alive():
                raise StartFailed("LocalStack ended while it started", self._last_lines())
            return self.answers()

        wait_until(ready, "LocalStack", 90, self._last_lines)

    def answers(self) -> bool:
        """Whether its health page answers."""
        return self.version() is not None

    def version(self) -> str | None:
        """LocalStack's version by its health page; None when that doesn't answer."""
        # Imported here, while LocalStack starts.
        from mailroom.local_http import localstack_version

        return localstack_version(self.endpoint)

    def stop(self) -> bool:
        """Stop it; returns whether it ran.

        It is killed: what it acknowledged is on the disk, and a regular end takes six seconds. The
        plugin's supervisor ends the functions' processes; those that it has left, as it was killed
        too, end here.
        """
        ran = stop_processes(self._home, MODULE, signal.SIGKILL, seconds=10)
        kill_groups(str(self._home / "tmp" / "mailroom-lambda-"))
        return ran

    def _last_lines(self) -> str:
        lines = self._log.read_text(errors="replace").splitlines()[-8:]
        return "\n".join([f"the end of {self._log}:", *lines])
