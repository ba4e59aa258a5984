"""Runs the integration tests against a release on this machine, and records that they passed."""

import json
import os
import platform
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console

from mailroom.deployment.environment_config import EnvironmentConfig
from mailroom.environments.embedded.environment import EmbeddedEnvironment
from mailroom.environments.embedded.startup import start_environment
from mailroom.environments.ports import free_port
from mailroom.environments.up_options import UpOptions
from mailroom.errors import MailroomError, Refused
from mailroom.packaging.dependencies import host_architecture
from mailroom.progress import Progress
from mailroom.project import Project
from mailroom.promotion.release import Release, build_release


class TestsFailed(MailroomError):
    """A release does not pass its integration tests."""

    __test__ = False


def require_passed(project: Project, config: EnvironmentConfig, release: Release) -> None:
    """Check that a release has passed the tests that the environment's config demands.

    Raises:
        Refused: A test is missing.
    """
    missing = set(demanded_tests(project, config)) - set(passed_tests(project, release))
    if missing:
        raise Refused(
            f"release {release.hash[:12]} has not passed its tests: {', '.join(sorted(missing))}",
            f"run them: mailroom verify --env {config.name}",
        )


def passed_tests(project: Project, release: Release) -> list[str]:
    """The tests that a release has passed on this machine."""
    try:
        record: dict[str, Any] = json.loads(_record(project, release).read_text())
        return list(record["tests"])
    except (FileNotFoundError, ValueError, KeyError):
        return []


def demanded_tests(project: Project, config: EnvironmentConfig) -> list[str]:
    """The tests that a release must have passed: those of the config, else all of the flow."""
    flow = (project.root / "tests" / "integration").glob("test_flow*.py")
    return list(config.tests) or sorted(p.relative_to(project.root).as_posix() for p in flow)


def verify_release(
    project: Project,
    config: EnvironmentConfig,
    release: Release,
    console: Console,
    *,
    keep: bool = False,
) -> list[str]:
    """Run the tests that a release has not passed, against its zip, in an environment of their own.

    Args:
        project: The checkout.
        config: The environment that the release is for.
        release: The release.
        console: Shows each step.
        keep: Leave the environment up, which makes the next run faster.

    Returns:
        The tests that ran; none when the release has passed them all before.

    Raises:
        TestsFailed: A test failed.
        Refused: This machine can't run the release, or its sources changed meanwhile.
    """
    passed = passed_tests(project, release)
    tests = [test for test in demanded_tests(project, config) if test not in passed]
    if not tests:
        return []
    if release.architecture != host_architecture():
        raise Refused(
            f"this machine can't run code for {release.architecture}",
            f"verify on one that can, or choose Architecture = {host_architecture()!r}",
        )
    _run(project, tests, console, keep)
    if build_release(project, release.architecture).hash != release.hash:
        raise Refused("the sources changed while the tests ran", "run it again")
    _write_record(project, release, [*passed, *tests])
    return tests


def verification_environment(project: Project) -> EmbeddedEnvironment:
    """The environment in which releases are tested, beside the developer's own."""
    return EmbeddedEnvironment(replace(project, state=project.state / "verification"))


def _run(project: Project, tests: list[str], console: Console, keep: bool) -> None:
    embedded = verification_environment(project)
    port = None if embedded.running else free_port()
    try:
        start_environment(embedded, Progress(console), UpOptions(port=port, packaged=True))
        with Progress(console).step("Integration tests") as step:
            run = subprocess.run(
                [sys.executable, "-m", "pytest", "--stack=attach", "-q", "--tb=short", *tests],
                cwd=project.root,
                env=_variables(embedded.project),
                capture_output=True,
                text=True,
            )
            lines = run.stdout.strip().splitlines()
            step.result = lines[-1] if lines else ""
            if run.returncode:
                raise TestsFailed("the release does not pass its tests", run.stdout + run.stderr)
    finally:
        if not keep:
            embedded.reset()


def _variables(project: Project) -> dict[str, str]:
    # Variables of accounts and endpoints are for the deployment, not for the tests.
    inherited = {k: v for k, v in os.environ.items() if not k.startswith(("AWS_", "MAILROOM_"))}
    own = {"MAILROOM_STATE": str(project.state), "MAILROOM_ENVIRONMENT": "embedded"}
    return {**inherited, **own}


def _record(project: Project, release: Release) -> Path:
    return project.state / "passed" / f"{release.hash}.json"


def _write_record(project: Project, release: Release, tests: list[str]) -> None:
    path = _record(project, release)
    path.parent.mkdir(parents=True, exist_ok=True)
    record = {
        "hash": release.hash,
        "artifact": release.code_key,
        "definitions": release.template_key,
        "tests": tests,
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "on": platform.platform(),
    }
    draft = path.with_suffix(".draft")
    draft.write_text(json.dumps(record, indent=2) + "\n")
    draft.replace(path)
