"""Code stays where it is while somebody works in it."""

from pathlib import Path

import pytest
from mailroom_localstack.executor.code_folders import CodeFolders, bytecode_folders


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "function" / "code"
    folder.mkdir(parents=True)
    return folder


def test_a_folder_that_is_not_in_use_is_removed_at_once_with_what_is_around_it(
    folder: Path,
) -> None:
    CodeFolders().remove(folder, folder.parent)

    assert not folder.parent.exists()


def test_a_folder_in_use_is_removed_when_the_last_has_released_it(folder: Path) -> None:
    folders = CodeFolders()
    folders.use(folder)
    folders.use(folder)

    folders.remove(folder, folder.parent)
    folders.release(folder)
    still_there = folder.exists()
    folders.release(folder)

    assert still_there
    assert not folder.parent.exists()


def test_a_folder_that_is_only_released_stays(folder: Path) -> None:
    folders = CodeFolders()
    folders.use(folder)

    folders.release(folder)

    assert folder.exists()


def test_every_package_gets_a_place_for_its_bytecode(folder: Path) -> None:
    (folder / "package" / "data").mkdir(parents=True)
    (folder / "app.py").touch()
    (folder / "package" / "__init__.py").touch()
    (folder / "package" / "data" / "table.csv").touch()

    assert set(bytecode_folders(folder)) == {
        folder / "__pycache__",
        folder / "package" / "__pycache__",
    }
    assert all(place.is_dir() for place in bytecode_folders(folder))
