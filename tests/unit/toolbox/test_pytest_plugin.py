"""The pytest plugin: which application a folder's tests get, and what a failure shows."""

from pathlib import Path

import pytest

from mailroom.project import Project

pytest_plugins = ["pytester"]

APPLICATION = """
import pytest
class Application:
    session = "a session"
    def logs(self, since):
        return ["work: the price is missing"]
@pytest.fixture(scope="module")
def mailroom_application():
    return Application()
"""


def test_a_failed_test_shows_what_the_functions_logged(pytester: pytest.Pytester) -> None:
    pytester.makeconftest(APPLICATION)
    pytester.makepyfile("def test_it(mailroom): assert 1 == 2")

    output = pytester.runpytest().stdout.str()

    assert "mailroom: functions' logs" in output
    assert "work: the price is missing" in output


def test_a_test_that_passes_shows_nothing(pytester: pytest.Pytester) -> None:
    pytester.makeconftest(APPLICATION)
    pytester.makepyfile("def test_it(mailroom_session): assert mailroom_session == 'a session'")

    result = pytester.runpytest()

    result.assert_outcomes(passed=1)
    assert "the price is missing" not in result.stdout.str()


def test_an_application_is_looked_for_from_a_folder_upwards(tmp_path: Path) -> None:
    tests = tmp_path / "tests" / "unit"
    tests.mkdir(parents=True)
    (tmp_path / "template.yaml").write_text("Resources: {}\n")

    found = Project.find(start=tests)

    assert (found.root, found.template) == (tmp_path, tmp_path / "template.yaml")
    assert not found.is_workflow
