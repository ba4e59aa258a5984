"""The package: the same bytes everywhere, and only what Lambda can run."""

import shutil
import zipfile
from pathlib import Path

import pytest

from mailroom.errors import Refused
from mailroom.packaging.archive import pack
from mailroom.packaging.contents import list_parts, require_platform
from mailroom.project import Project

_ELF = b"\x7fELF" + bytes(14)
_X86_64, _ARM64 = (62).to_bytes(2, "little"), (183).to_bytes(2, "little")


def _checkout(root: Path) -> Project:
    package = root / "functions" / "greet"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("")
    (package / "handler.py").write_text("def handler(event, context): ...\n")
    migrations = root / "infra" / "migrations"
    migrations.mkdir(parents=True)
    (migrations / "0001.sql").write_text("SELECT 1;\n")
    dependency = root / "dependencies" / "library"
    dependency.mkdir(parents=True)
    (dependency / "__init__.py").write_text("x = 1\n")
    return Project(root, root / "state")


def _zip(path: Path, name: str, content: bytes) -> Path:
    with zipfile.ZipFile(path, "w") as package:
        package.writestr(name, content)
    return path


def test_the_same_sources_in_two_folders_make_the_same_bytes(tmp_path: Path) -> None:
    first, second = _checkout(tmp_path / "first"), _checkout(tmp_path / "a longer second")
    for path in second.root.rglob("*"):
        path.chmod(0o777)
    (second.functions / "greet" / "__pycache__").mkdir()
    (second.functions / "greet" / "__pycache__" / "handler.pyc").write_bytes(b"1")

    archives = [pack(one, one.root / "dependencies", "x86_64") for one in (first, second)]

    assert archives[0].name == archives[1].name
    assert archives[0].read_bytes() == archives[1].read_bytes()


def test_another_source_makes_another_hash(tmp_path: Path) -> None:
    project = _checkout(tmp_path)
    before = pack(project, project.root / "dependencies", "x86_64").name

    (project.functions / "greet" / "handler.py").write_text("def handler(event, context): 1\n")

    assert pack(project, project.root / "dependencies", "x86_64").name != before


def test_each_part_has_its_size(tmp_path: Path) -> None:
    project = _checkout(tmp_path)
    archive = pack(project, project.root / "dependencies", "x86_64")

    parts = {part.name: part for part in list_parts(archive)}

    assert set(parts) == {"greet", "library", "migrations"}
    assert parts["library"].bytes == len("x = 1\n")
    assert parts["greet"].files == 2


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a/b.so", _ELF + _ARM64, "arm64"),
        ("a/b.cpython-313-darwin.so", b"\xcf\xfa\xed\xfe" + bytes(20), "another system"),
        ("a/b.pyd", b"MZ" + bytes(20), "another system"),
        ("a.libs/libz.so.1.2", _ELF + _ARM64, "arm64"),
    ],
)
def test_a_library_for_another_platform_is_refused_by_name(
    tmp_path: Path, name: str, content: bytes, said: str
) -> None:
    archive = _zip(tmp_path / "p.zip", name, content)

    with pytest.raises(Refused) as refusal:
        require_platform(archive, "x86_64")

    assert name in refusal.value.hint
    assert said in refusal.value.hint


def test_a_library_for_the_platform_is_taken(tmp_path: Path) -> None:
    archive = _zip(tmp_path / "p.zip", "a/b.so", _ELF + _X86_64)

    require_platform(archive, "x86_64")

    shutil.rmtree(tmp_path)
