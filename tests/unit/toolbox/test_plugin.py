"""LocalStack isn't started with a plugin that was installed before its entry points changed."""

import shutil
from pathlib import Path

import pytest

from mailroom.environments.embedded.localstack import LocalStackServer
from mailroom.environments.embedded.plugin import require_installed_plugin
from mailroom.environments.ports import free_port, is_free
from mailroom.errors import Refused
from mailroom.project import Project


@pytest.fixture
def updated(tmp_path: Path) -> Project:
    """This checkout, in which a hook of the plugin got another name."""
    here = Project.find()
    plugin = tmp_path / "emulator" / "plugin"
    plugin.mkdir(parents=True)
    shutil.copy(here.root / "emulator" / "plugin" / "pyproject.toml", plugin)
    (tmp_path / ".envs").symlink_to(here.root / ".envs")
    return Project(tmp_path, tmp_path / "state")


def change(project: Project, old: str, new: str) -> None:
    file = project.root / "emulator" / "plugin" / "pyproject.toml"
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))


def test_the_plugin_of_this_checkout_is_installed() -> None:
    require_installed_plugin(Project.find())


def test_another_dependency_or_version_is_no_other_entry_point(updated: Project) -> None:
    change(updated, 'version = "0.1.0"', 'version = "0.2.0"')

    require_installed_plugin(updated)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("hooks:change_localstack", "startup:change_localstack"),
        ('iam = "mailroom', 'IAM = "mailroom'),
        ("[tool.mypy]", '[project.entry-points."localstack.hooks.more"]\nx = "y"\n[tool.mypy]'),
    ],
)
def test_localstack_is_not_started_when_an_entry_point_is_another(
    updated: Project, old: str, new: str
) -> None:
    change(updated, old, new)
    server = LocalStackServer(updated, updated.state / "log", free_port())

    with pytest.raises(Refused) as refused:
        server.start()

    assert refused.value.hint == "install it: make install"
    assert is_free(server.port)


def test_an_environment_without_the_plugin_is_refused(updated: Project) -> None:
    (updated.root / ".envs").unlink()

    with pytest.raises(Refused, match="older than this checkout"):
        require_installed_plugin(updated)
