"""The zip that goes to AWS, as it is made; test_environment.py runs it."""

import hashlib
import os
import shutil
import zipfile
from pathlib import Path

import pytest

from mailroom.packaging.archive import UNZIPPED_LIMIT, build_archive
from mailroom.packaging.dependencies import host_architecture
from mailroom.project import Project

# https://refspecs.linuxfoundation.org/elf/gabi4+/ch4.eheader.html
ELF_MACHINES = {"x86_64": 62, "arm64": 183}


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The zip of this checkout."""
    here = Project.find(state=tmp_path_factory.mktemp("state"))
    return build_archive(here, host_architecture())


def test_it_is_the_same_from_another_folder_at_another_time_by_another_user(
    archive: Path, tmp_path: Path
) -> None:
    here = Project.find().root
    other = Project(tmp_path / "other", tmp_path / "state")
    for name in ("functions", "infra"):
        shutil.copytree(here / name, other.root / name)
    (other.root / ".envs").symlink_to(here / ".envs")
    (other.functions / "messages" / ".DS_Store").touch()
    for path in other.functions.rglob("*.py"):
        path.chmod(0o700)
        os.utime(path, (0, 0))

    before = os.umask(0o077)
    try:
        again = build_archive(other, host_architecture())
    finally:
        os.umask(before)

    assert again.name == archive.name
    assert again.read_bytes() == archive.read_bytes()


def test_its_name_is_its_hash(archive: Path) -> None:
    digest = hashlib.sha256(archive.read_bytes()).hexdigest()

    assert archive.name == f"functions-{host_architecture()}-{digest}.zip"


def test_a_change_of_a_source_changes_it_and_replaces_the_old_one(tmp_path: Path) -> None:
    here = Project.find().root
    project = Project(tmp_path / "checkout", tmp_path / "state")
    for name in ("functions", "infra"):
        shutil.copytree(here / name, project.root / name)
    (project.root / ".envs").symlink_to(here / ".envs")
    first = build_archive(project, host_architecture())

    with (project.functions / "shared" / "errors.py").open("a") as source:
        source.write("\n# changed by a test\n")
    second = build_archive(project, host_architecture())

    assert second != first
    assert [path.name for path in second.parent.glob("*.zip")] == [second.name]


def test_it_holds_handlers_migrations_and_dependencies_and_nothing_compiled_here(
    archive: Path,
) -> None:
    names = zipfile.ZipFile(archive).namelist()

    assert "publish_messages/handler.py" in names
    assert "migrations/0001.messages.sql" in names
    assert "pydantic/__init__.py" in names
    assert not [name for name in names if "__pycache__" in name or name.endswith(".pyc")]
    assert not [name for name in names if name.startswith(("boto3/", "bin/", "."))]


def test_everyone_may_read_it_whatever_permissions_it_had(archive: Path) -> None:
    modes = {entry.external_attr >> 16 for entry in zipfile.ZipFile(archive).infolist()}

    assert modes == {0o100644}


def test_all_that_is_binary_in_it_is_for_linux_and_its_architecture(archive: Path) -> None:
    with zipfile.ZipFile(archive) as content:
        libraries = {
            name: content.read(name)[:20] for name in content.namelist() if ".so" in Path(name).name
        }
        wheels = [
            line
            for name in content.namelist()
            if name.endswith(".dist-info/WHEEL")
            for line in content.read(name).decode().splitlines()
            if line.startswith("Tag: ")
        ]

    machine = ELF_MACHINES[host_architecture()].to_bytes(2, "little")
    assert libraries
    assert all(head[:4] == b"\x7fELF" and head[18:20] == machine for head in libraries.values())
    assert wheels
    assert not [tag for tag in wheels if "macos" in tag or "win" in tag or "musl" in tag]


def test_it_fits_into_lambda(archive: Path) -> None:
    size = sum(entry.file_size for entry in zipfile.ZipFile(archive).infolist())

    assert size < UNZIPPED_LIMIT
