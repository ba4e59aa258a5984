"""The steps of a rehearsal: every command as CI runs it, and the checks after it."""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from mailroom.aws.resources import list_resources
from mailroom.deployment.environment_config import EnvironmentConfig
from mailroom.deployment.stack import Stack
from mailroom.errors import MailroomError
from mailroom.progress import Progress
from mailroom.project import Project
from mailroom.promotion.leftovers import find_leftovers
from mailroom.promotion.verification import verification_environment
from mailroom.rehearsal.emulated_account import EmulatedAccount, checkout_copy

_BROKEN_IN_REGION = """
import os as _os

if _os.environ["AWS_REGION"] == "{region}":
    raise RuntimeError("fails in {region} alone, for the rehearsal")
"""


class RehearsalFailed(MailroomError):
    """A command ended with another exit code than expected, or a check after it failed."""


@dataclass(frozen=True)
class Rehearsal:
    """One rehearsal.

    Attributes:
        project: The checkout.
        config: The rehearsed environment.
        account: The emulated account.
        progress: Shows each step.
    """

    project: Project
    config: EnvironmentConfig
    account: EmulatedAccount
    progress: Progress

    def run(self) -> None:
        """Run all steps in order.

        Raises:
            RehearsalFailed: A step failed.
        """
        checkout = checkout_copy(self.project, self._home)
        self._step(checkout, "deploy before setup is refused", 2, "deploy")
        other = {"AWS_ACCESS_KEY_ID": "999988887777"}
        self._step(checkout, "another account is refused", 2, "setup", variables=other)
        self._step(checkout, "setup", 0, "setup")
        self._step(checkout, "setup again changes nothing", 0, "setup")
        self._step(checkout, "deploy", 0, "deploy", "--yes")
        self._step(checkout, "a release without passed tests is refused", 2, "promote", "--yes")
        self._step(checkout, "tests of the artifact", 0, "verify", "--keep")
        self._step(checkout, "promote", 0, "promote", "--yes")
        before = self._retention()
        self._change_queue(checkout, before)
        self._consume_events(checkout)
        self._step(checkout, "tests of an update", 0, "verify", "--keep")
        self._step(checkout, "promote a changed queue, and events", 0, "promote", "--yes")
        self._expect("the queue is changed", self._retention(), before - 60)
        self._expect("there are event source mappings", self._maps_queues(), True)
        code = self._code()
        self._break(checkout)
        self._step(checkout, "tests of a release that fails there alone", 0, "verify", "--keep")
        self._step(checkout, "a promotion that fails is rolled back", 1, "promote", "--yes")
        self._expect("the code before is back", self._code(), code)
        self._step(checkout, "rollback", 0, "rollback", "--yes")
        self._expect("the queue is as at first", self._retention(), before)
        self._expect("there are no event source mappings", self._maps_queues(), False)
        self._delete(checkout)

    def _delete(self, checkout: Path) -> None:
        session = self.account.session
        resources = list_resources(session, self.config.stack)
        self._step(checkout, "delete", 0, "delete", "--bucket", "--yes")
        self._expect("nothing of the stack is left", find_leftovers(session, resources), [])
        self._expect("no bucket is left", session.client("s3").list_buckets()["Buckets"], [])
        self._step(checkout, "delete again finds nothing", 0, "delete", "--yes")

    @property
    def _home(self) -> Path:
        return self.project.state / "rehearsal"

    def _step(
        self,
        checkout: Path,
        what: str,
        code: int,
        command: str,
        *options: str,
        variables: Mapping[str, str] | None = None,
    ) -> None:
        arguments = [command, "--env", self.config.name, *options]
        with self.progress.step(what):
            run = subprocess.run(
                [Path(sys.executable).with_name("mailroom"), *arguments],
                cwd=checkout,
                env={**self._variables(), **(variables or {})},
                capture_output=True,
                text=True,
            )
            with (self._home / "rehearsal.log").open("a") as log:
                log.write(f"== {' '.join(arguments)} → {run.returncode}\n{run.stdout}{run.stderr}")
            if run.returncode != code:
                fault = f"`mailroom {' '.join(arguments)}` ended with {run.returncode}, not {code}"
                raise RehearsalFailed(fault, run.stdout + run.stderr)

    def _variables(self) -> dict[str, str]:
        dropped = ("AWS_", "MAILROOM_")
        inherited = {k: v for k, v in os.environ.items() if not k.startswith(dropped)}
        state = {"MAILROOM_STATE": str(self._home / "state")}
        return {**inherited, **state, **self.account.variables}

    def _expect(self, what: str, found: Any, expected: Any) -> None:
        if found != expected:
            raise RehearsalFailed(f"not as expected: {what}", f"{found}\ninstead of\n{expected}")

    def _retention(self) -> int:
        url = self._stack().outputs()["UnroutedQueueUrl"]
        answer = self.account.session.client("sqs").get_queue_attributes(
            QueueUrl=url, AttributeNames=["MessageRetentionPeriod"]
        )
        return int(answer["Attributes"]["MessageRetentionPeriod"])

    def _maps_queues(self) -> bool:
        functions = self.account.session.client("lambda")
        return bool(functions.list_event_source_mappings()["EventSourceMappings"])

    def _code(self) -> str:
        deployed = self._stack().deployed()
        return deployed.parameters["CodeKey"] if deployed else ""

    def _stack(self) -> Stack:
        return Stack(self.account.session.client("cloudformation"), self.config.stack)

    def _change_queue(self, checkout: Path, before: int) -> None:
        template = checkout / "infra" / "template.yml"
        # Outside of what is generated for the message types.
        head, queue, rest = template.read_text().partition("  UnroutedQueue:\n")
        old, new = (f"MessageRetentionPeriod: {seconds}" for seconds in (before, before - 60))
        template.write_text(head + queue + rest.replace(old, new, 1))

    def _consume_events(self, checkout: Path) -> None:
        config = checkout / "infra" / "environments" / f"{self.config.name}.toml"
        head, table, parameters = config.read_text().partition("[parameters]\n")
        config.write_text(f'{head}{table}Consumption = "events"\n{parameters}')

    def _break(self, checkout: Path) -> None:
        handler = checkout / "functions" / "process_messages" / "handler.py"
        broken = _BROKEN_IN_REGION.format(region=self.config.region)
        handler.write_text(handler.read_text() + broken)


def remove_rehearsal(project: Project) -> None:
    """Stop the processes of a rehearsal and delete its files."""
    own = replace(project, state=project.state / "rehearsal" / "state")
    verification_environment(own).reset()
    shutil.rmtree(project.state / "rehearsal", ignore_errors=True)
