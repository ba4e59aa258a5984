"""The acts of a rehearsal: every command as CI would run it, and what must be true after it."""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from mailroom.deployment.environment_config import Target
from mailroom.deployment.stack import Stack
from mailroom.errors import MailroomError
from mailroom.progress import Progress
from mailroom.project import Project
from mailroom.promotion.leftovers import find_leftovers, list_resources
from mailroom.promotion.verification import verification_environment
from mailroom.rehearsal.emulated_account import Stage, checkout_copy

_BROKEN_THERE = """
import os as _os

if _os.environ["AWS_REGION"] == "{region}":
    raise RuntimeError("broken in {region} alone, for the rehearsal")
"""


class RehearsalFailed(MailroomError):
    """A command ended otherwise than it has to, or what must be true after it is not."""


@dataclass(frozen=True)
class Rehearsal:
    """One rehearsal.

    Attributes:
        project: The checkout.
        target: The environment that is played.
        stage: What plays AWS.
        progress: Told of each act.
    """

    project: Project
    target: Target
    stage: Stage
    progress: Progress

    def play(self) -> None:
        """All acts, in order.

        Raises:
            RehearsalFailed: One did not go as it has to.
        """
        checkout = checkout_copy(self.project, self._home)
        self._act(checkout, "refuses what is not set up", 2, "deploy")
        stranger = {"AWS_ACCESS_KEY_ID": "999988887777"}
        self._act(checkout, "refuses another account", 2, "setup", variables=stranger)
        self._act(checkout, "setup", 0, "setup")
        self._act(checkout, "setup again changes nothing", 0, "setup")
        self._act(checkout, "deploy", 0, "deploy", "--yes")
        self._act(checkout, "refuses what has not passed its tests", 2, "promote", "--yes")
        self._act(checkout, "tests of the artifact", 0, "verify", "--keep")
        self._act(checkout, "promote", 0, "promote", "--yes")
        before = self._visibility()
        self._change_queue(checkout, before)
        self._act(checkout, "tests of an update", 0, "verify", "--keep")
        self._act(checkout, "promote an update that changes a queue", 0, "promote", "--yes")
        self._expect("the queue is changed", self._visibility(), before + 60)
        code = self._code()
        self._break(checkout)
        self._act(checkout, "tests of what breaks there alone", 0, "verify", "--keep")
        self._act(checkout, "a promotion that fails goes back", 1, "promote", "--yes")
        self._expect("the code before is back", self._code(), code)
        self._act(checkout, "rollback", 0, "rollback", "--yes")
        self._expect("the queue is as at first", self._visibility(), before)
        self._delete(checkout)

    def _delete(self, checkout: Path) -> None:
        session = self.stage.session
        resources = list_resources(session, self.target.stack)
        self._act(checkout, "delete", 0, "delete", "--bucket", "--yes")
        self._expect("nothing of the stack is left", find_leftovers(session, resources), [])
        self._expect("no bucket is left", session.client("s3").list_buckets()["Buckets"], [])
        self._act(checkout, "delete again finds nothing", 0, "delete", "--yes")

    @property
    def _home(self) -> Path:
        return self.project.state / "rehearsal"

    def _act(
        self,
        checkout: Path,
        what: str,
        code: int,
        command: str,
        *options: str,
        variables: Mapping[str, str] | None = None,
    ) -> None:
        arguments = [command, "--env", self.target.name, *options]
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
        return {**inherited, **state, **self.stage.variables}

    def _expect(self, what: str, found: Any, wanted: Any) -> None:
        if found != wanted:
            raise RehearsalFailed(f"it is not true that {what}", f"{found}\ninstead of\n{wanted}")

    def _visibility(self) -> int:
        url = self._stack().outputs()["NotificationQueueUrl"]
        answer = self.stage.session.client("sqs").get_queue_attributes(
            QueueUrl=url, AttributeNames=["VisibilityTimeout"]
        )
        return int(answer["Attributes"]["VisibilityTimeout"])

    def _code(self) -> str:
        deployed = self._stack().deployed()
        return deployed.parameters["CodeKey"] if deployed else ""

    def _stack(self) -> Stack:
        return Stack(self.stage.session.client("cloudformation"), self.target.stack)

    def _change_queue(self, checkout: Path, before: int) -> None:
        template = checkout / "infra" / "template.yml"
        old, new = (f"VisibilityTimeout: {seconds}" for seconds in (before, before + 60))
        template.write_text(template.read_text().replace(old, new))

    def _break(self, checkout: Path) -> None:
        handler = checkout / "functions" / "process_messages" / "handler.py"
        broken = _BROKEN_THERE.format(region=self.target.region)
        handler.write_text(handler.read_text() + broken)


def clear_away(project: Project) -> None:
    """Stop what a rehearsal has left running and delete what it has written."""
    own = replace(project, state=project.state / "rehearsal" / "state")
    verification_environment(own).reset()
    shutil.rmtree(project.state / "rehearsal", ignore_errors=True)
