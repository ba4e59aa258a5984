"""What a LocalStack was started from."""

from pathlib import Path

import pytest

from mailroom.environments.embedded import localstack
from mailroom.environments.embedded.engine import engine_parts
from mailroom.environments.embedded.localstack import LocalStackServer
from mailroom.project import Project


def parts(root: Path) -> dict[str, str]:
    project = Project(root, root / ".mailroom")
    return engine_parts(project, LocalStackServer(project, root / "log", 4566))


def changed(before: dict[str, str], after: dict[str, str]) -> set[str]:
    return {what for what in before if before[what] != after[what]}


@pytest.mark.parametrize(
    ("file", "what"),
    [
        ("emulator/plugin/src/mailroom_localstack/iam/new.py", "the plugin's code"),
        ("emulator/plugin/pyproject.toml", "the plugin's code"),
        ("emulator/requirements.txt", "a lock"),
        (".envs/engine/.inputs", "a lock"),
        (".envs/python3.13/.inputs", "a lock"),
        (".envs/debugger/.inputs", "a lock"),
    ],
)
def test_each_part_is_told_by_its_files(tmp_path: Path, file: str, what: str) -> None:
    before = parts(tmp_path)
    (tmp_path / file).parent.mkdir(parents=True)
    (tmp_path / file).write_text("a")
    made = parts(tmp_path)
    (tmp_path / file).write_text("b")

    assert changed(before, made) == {what}
    assert changed(made, parts(tmp_path)) == {what}


def test_settings_count_and_the_port_does_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = parts(tmp_path)
    project = Project(tmp_path, tmp_path / ".mailroom")
    elsewhere = engine_parts(project, LocalStackServer(project, tmp_path / "log", 4567))
    monkeypatch.setitem(localstack.SETTINGS, "LS_LOG", "debug")

    assert elsewhere == before
    assert changed(before, parts(tmp_path)) == {"LocalStack's settings"}


def test_what_is_compiled_does_not_count(tmp_path: Path) -> None:
    before = parts(tmp_path)
    cache = tmp_path / "emulator" / "plugin" / "src" / "__pycache__"
    cache.mkdir(parents=True)
    (cache / "a.cpython-313.pyc").write_bytes(b"x")

    assert parts(tmp_path) == before
