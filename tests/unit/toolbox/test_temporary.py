import subprocess
import sys
from pathlib import Path

from mailroom.temporary import temporary_folder

KILLED = """
import os, pathlib, signal, sys
from mailroom.temporary import temporary_folder

with temporary_folder(pathlib.Path(sys.argv[1])) as folder:
    (folder / "batch").touch()
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_folder_is_its_commands_alone_and_gone_with_it(tmp_path: Path) -> None:
    with temporary_folder(tmp_path) as one, temporary_folder(tmp_path) as other:
        (one / "batch").touch()
        assert sorted((tmp_path / "tmp").iterdir()) == sorted([one, other])

    assert not list((tmp_path / "tmp").iterdir())


def test_what_a_killed_command_left_is_deleted_by_the_next(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-c", KILLED, tmp_path], check=False)
    left = list((tmp_path / "tmp").iterdir())

    with temporary_folder(tmp_path) as folder:
        there = list((tmp_path / "tmp").iterdir())

    assert len(left) == 1
    assert there == [folder]
