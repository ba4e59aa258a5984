"""Fixtures and hooks for pytest: docs/your-own-application.md.

Each run of pytest loads this module, so that it imports what it needs where it needs it.
"""

import time
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import pytest

if TYPE_CHECKING:
    import boto3

    from mailroom.testing.running_application import RunningApplication

BringUp: TypeAlias = Callable[[Path], "RunningApplication"]

_APPLICATION = pytest.StashKey["RunningApplication"]()
_STARTED = pytest.StashKey[float]()
_MOST_LINES = 200
# The log of an invocation is delivered after its answer.
_LATE_SECONDS = 3.0
_PAUSE_SECONDS = 0.3


@pytest.fixture(scope="session")
def _mailroom_applications(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BringUp]:
    """Brings up the application of a folder once for all tests."""
    known: dict[Path, RunningApplication] = {}
    with ExitStack() as started:

        def bring_up(folder: Path) -> "RunningApplication":
            from mailroom.project import Project
            from mailroom.testing.running_application import RunningApplication
            from mailroom.testing.starting import connect_or_start

            project = Project.find(start=folder)
            if project.template not in known:
                state = tmp_path_factory.mktemp("mailroom")
                environment = started.enter_context(connect_or_start(project, state))
                known[project.template] = RunningApplication(environment)
            return known[project.template]

        yield bring_up


@pytest.fixture(scope="module")
def mailroom_folder(request: pytest.FixtureRequest) -> Path:
    """Where the application's template is looked for, and above it: the folder of the tests."""
    return request.path.parent


@pytest.fixture(scope="module")
def mailroom_application(
    mailroom_folder: Path, _mailroom_applications: BringUp
) -> "RunningApplication":
    """The application of the tests' folder: one that is up, else one of the tests' own."""
    return _mailroom_applications(mailroom_folder)


@pytest.fixture
def mailroom(
    request: pytest.FixtureRequest, mailroom_application: "RunningApplication"
) -> "RunningApplication":
    """The application, for one test: if it fails, it shows what the functions logged meanwhile."""
    request.node.stash[_APPLICATION] = mailroom_application
    request.node.stash[_STARTED] = time.time()
    return mailroom_application


@pytest.fixture
def mailroom_session(mailroom: "RunningApplication") -> "boto3.Session":
    """A session of boto3 whose clients call the application's LocalStack."""
    return mailroom.session


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Add the functions' logs to the report of a test that failed."""
    report = yield
    application = item.stash.get(_APPLICATION, None)
    if report.when == "call" and report.failed and application is not None:
        report.sections.append(("mailroom: functions' logs", _logged(application, item)))
    return report


def _logged(application: "RunningApplication", item: pytest.Item) -> str:
    from botocore.exceptions import BotoCoreError, ClientError

    from mailroom.errors import MailroomError

    lines: list[str] = []
    deadline = time.monotonic() + _LATE_SECONDS
    while time.monotonic() < deadline:
        before = lines
        try:
            lines = application.logs(since=item.stash[_STARTED])
        except (BotoCoreError, ClientError, MailroomError) as error:
            return f"they can't be read: {error}"
        if lines and lines == before:
            break
        time.sleep(_PAUSE_SECONDS)
    return "\n".join(lines[-_MOST_LINES:]) or "no function logged anything"
