"""A dependency that was added to functions/requirements.in, and how it gets into the lock."""

import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from mailroom.errors import MailroomError, Refused
from mailroom.packaging.dependencies import install_dependencies
from mailroom.packaging.locking import lock_functions, require_locked, unlocked
from mailroom.project import Project

ROOT = Path(__file__).parents[3]
LOCK = """\
pydantic==2.14.3 ; python_full_version < '3.14' \\
    --hash=sha256:00
psycopg[binary]==3.3.9 \\
    --hash=sha256:00
Yoyo_Migrations==9.0.0
"""
# Adds a package as `uv pip compile` does, and tells what it was asked for.
UV = """\
#!/bin/sh
echo "$@" >>"$LOG"
[ "$1" = --version ] && exit
for last; do :; done
[ -z "$BROKEN" ] || { echo "no version of humanize" >&2; exit 1; }
echo "humanize==4.1" >>"$last"
"""


def checkout(folder: Path, *asked: str) -> Project:
    """A checkout with a lock, and requirements that it may lack."""
    (folder / "functions").mkdir(parents=True)
    (folder / "functions" / "requirements.txt").write_text(LOCK)
    (folder / "functions" / "requirements.in").write_text("\n".join(asked))
    return Project(folder, folder / ".mailroom")


@pytest.mark.parametrize(
    "asked",
    [
        ["pydantic", "psycopg[binary]", "yoyo-migrations"],
        ["# a comment", "", "pydantic>=2  # or newer", "-c constraints.txt"],
        ["Psycopg[binary,pool]", "yoyo.migrations==9.*"],
    ],
)
def test_what_is_in_the_lock_is_locked(tmp_path: Path, asked: list[str]) -> None:
    require_locked(checkout(tmp_path, *asked))


@pytest.mark.parametrize("asked", ["humanize", "pydantic>=3", "psycopg<3"])
def test_what_is_not_in_the_lock_is_refused_with_the_command_that_locks_it(
    tmp_path: Path, asked: str
) -> None:
    with pytest.raises(Refused, match="asks for") as refused:
        require_locked(checkout(tmp_path, "pydantic", asked))

    assert asked in str(refused.value)
    assert "mailroom lock" in refused.value.hint


def test_a_line_that_is_no_requirement_is_named(tmp_path: Path) -> None:
    with pytest.raises(Refused, match=r"requirements\.in:2: two words"):
        unlocked(checkout(tmp_path, "pydantic", "two words").functions)


def test_nothing_is_installed_from_a_lock_that_lacks_a_requirement(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="humanize"):
        install_dependencies(checkout(tmp_path, "humanize"), tmp_path / "build", None)


def test_a_requirement_that_was_put_into_the_lock_by_hand_is_told_where_it_belongs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = checkout(tmp_path)
    said = "In `--require-hashes` mode, all requirements must have a hash, but none: humanize"

    def failed(command: Sequence[object], **_: object) -> subprocess.CompletedProcess[str]:
        return subprocess.CompletedProcess([], 1, "", said)

    monkeypatch.setattr(subprocess, "run", failed)

    with pytest.raises(MailroomError) as error:
        install_dependencies(project, tmp_path / "build", None)

    assert error.value.hint.splitlines()[0] == said
    assert "mailroom lock" in error.value.hint


@pytest.mark.parametrize("upgrade", [False, True])
def test_locking_adds_a_package_and_upgrades_the_others_only_when_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, upgrade: bool
) -> None:
    project = with_uv(tmp_path, monkeypatch)

    changed = lock_functions(project, upgrade)

    [compiled] = [line for line in (tmp_path / "log").read_text().splitlines() if "compile" in line]
    assert changed == ["humanize: none → 4.1"]
    assert ("--upgrade" in compiled) is upgrade
    assert compiled.endswith("functions/requirements.in -o functions/requirements.txt")


def test_a_package_that_is_not_to_be_had_is_an_error_with_uvs_message(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = with_uv(tmp_path, monkeypatch)
    monkeypatch.setenv("BROKEN", "1")

    with pytest.raises(MailroomError) as error:
        lock_functions(project, upgrade=False)

    assert error.value.hint == "no version of humanize"


def with_uv(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """A checkout with the scripts, on a machine with a uv that only pretends."""
    project = checkout(folder / "checkout", "humanize")
    shutil.copytree(ROOT / "scripts", project.root / "scripts")
    uv = folder / "bin" / "uv"
    uv.parent.mkdir()
    uv.write_text(UV)
    uv.chmod(0o755)
    monkeypatch.setenv("PATH", f"{uv.parent}:/usr/bin:/bin")
    monkeypatch.setenv("LOG", str(folder / "log"))
    monkeypatch.setenv("BROKEN", "")
    return project
