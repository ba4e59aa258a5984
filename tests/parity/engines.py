"""The engines that the behaviours are tried on, each with nothing in it, gone at the end."""

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path

from botocore.exceptions import BotoCoreError, ClientError

from mailroom.aws.error_translation import explain
from mailroom.aws.sessions import EmulatorSession
from mailroom.environments.embedded.localstack import SETTINGS, LocalStackServer
from mailroom.environments.embedded.processes import ProcessRecord, start_detached, stop_processes
from mailroom.environments.ports import free_port
from mailroom.environments.selection import connect
from mailroom.errors import Refused
from mailroom.project import Project
from mailroom.promotion.account import AccountSession
from mailroom.rehearsal.engine_name import EngineName
from mailroom.rehearsal.engines import Engine, install_engine, make_engine
from tests.parity.endpoint import Endpoint

# What only the plugin can make sense of: without it no function would run, no bucket be made, and
# every resource type be refused (docs/localstack.md says why).
_PLUGIN_ALONE = (
    "CFN_IGNORE_UNSUPPORTED_RESOURCE_TYPES",
    "GATEWAY_SERVER",
    "LAMBDA_RUNTIME_EXECUTOR",
)
_MODULE = "localstack.runtime.main"
_IMAGE = "lambda/python:3.13"
_EMULATOR_SECONDS, _AWS_SECONDS = 20, 120


class Stack(StrEnum):
    """Values of --stack that the behaviours can be tried on."""

    embedded = "embedded"
    localstack = "localstack"
    ministack = "ministack"
    aws = "aws"
    attach = "attach"


@contextmanager
def reach(stack: Stack, project: Project) -> Iterator[Endpoint]:
    """Start an engine, or find the one that is there.

    Args:
        stack: Which.
        project: The checkout, with a state folder of the tests' own unless they attach.

    Raises:
        Refused: There are no credentials for AWS, or nothing to attach to.
        StartFailed: The engine did not start.
    """
    if stack is Stack.aws:
        yield Endpoint(aws_session(), _AWS_SECONDS, eventual=True)
        return
    if stack is Stack.attach:
        yield Endpoint(connect(project).session, _EMULATOR_SECONDS)
        return
    engine = _engine(stack, project)
    process = engine.start()
    try:
        engine.wait(process)
        session = EmulatorSession(engine.endpoint, "us-east-1", "000000000000")
        without = _why_no_functions() if stack is Stack.localstack else ""
        yield Endpoint(session, _EMULATOR_SECONDS, without_functions=without)
    finally:
        engine.stop()


class PlainLocalStack(LocalStackServer):
    """LocalStack from the same lock and with the same settings, but without the plugin."""

    def start(self, iam: str | None = None, durability: str | None = None) -> ProcessRecord:
        """Start it; `wait` until it answers before using it."""
        self._home.mkdir(parents=True, exist_ok=True)
        settings = {name: value for name, value in SETTINGS.items() if name not in _PLUGIN_ALONE}
        docker = {name: os.environ[name] for name in ("DOCKER_HOST",) if name in os.environ}
        launcher = Path(__file__).with_name("on_loopback.py")
        return start_detached(
            [self._project.interpreter("localstack"), launcher, _MODULE],
            self._log,
            {
                **settings,
                **docker,
                "PATH": os.environ.get("PATH", os.defpath),
                "HOME": str(self._home),
                "FILESYSTEM_ROOT": str(self._home),
                "LOCALSTACK_VOLUME_DIR": str(self._home),
                "TMPDIR": str(self._home),
                "GATEWAY_LISTEN": f"127.0.0.1:{self.port}",
            },
            self._home,
        )

    def stop(self) -> bool:
        """End it, gently, as it takes its containers down; returns whether it ran."""
        return stop_processes(self._home, _MODULE, signal.SIGTERM, seconds=20)


def _engine(stack: Stack, project: Project) -> Engine:
    if stack is Stack.embedded:
        return make_engine(EngineName.localstack, project)
    if stack is Stack.ministack:
        return make_engine(EngineName.ministack, project)
    return plain_localstack(project)


def plain_localstack(project: Project) -> PlainLocalStack:
    """LocalStack as it comes, in an environment of its own that is made when it isn't there.

    Raises:
        MailroomError: It could not be installed.
    """
    install_engine(project, "localstack", project.root / "emulator" / "requirements.txt")
    return PlainLocalStack(project, project.logs / "plain-localstack.log", free_port())


def aws_session() -> AccountSession:
    """A session with the caller's credentials and region.

    Raises:
        Refused: One is missing, AWS doesn't know them, or it doesn't answer.
    """
    try:
        session = AccountSession()
        if session.region_name is None:
            raise Refused(
                "there is no AWS region", "set AWS_DEFAULT_REGION, or region in your profile"
            )
        session.client("sts").get_caller_identity()
    except (BotoCoreError, ClientError) as error:
        known = explain(error) or Refused(f"AWS can't be asked: {error}")
        raise Refused(str(known), known.hint) from error
    return session


def _why_no_functions() -> str:
    """Why LocalStack itself can run no functions here; empty when it can."""
    command = ["docker", "image", "ls", "--format", "{{.Repository}}:{{.Tag}}"]
    try:
        listed = subprocess.run(command, check=True, capture_output=True, text=True)
    except (OSError, subprocess.CalledProcessError):
        return "no Docker engine"
    if not any(image.endswith(_IMAGE) for image in listed.stdout.splitlines()):
        return f"Docker has no image {_IMAGE}"
    return ""
