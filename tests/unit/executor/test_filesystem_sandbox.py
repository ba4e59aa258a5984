"""A function writes where Lambda lets it, and nowhere else."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from mailroom_localstack.executor.code_folders import bytecode_folders
from mailroom_localstack.executor.processes.filesystem_sandbox import available

from .conftest import MakeFunction

pytestmark = pytest.mark.skipif(not available(), reason="this system has no Landlock")

WRITES = """
    import os, pathlib, subprocess, sys

    def handler(event, context):
        place = pathlib.Path(os.path.expandvars(event))
        program = f"open({str(place)!r}, 'w').write('x')"
        child = subprocess.run([sys.executable, "-c", program], stderr=subprocess.DEVNULL)
        try:
            place.write_text("x")
        except OSError as error:
            return [type(error).__name__, child.returncode]
        if place.is_file():
            place.unlink()
        return ["written", child.returncode]
"""


@pytest.fixture
def task_root() -> Iterator[Path]:
    """A folder of code that is not in /tmp."""
    with tempfile.TemporaryDirectory(dir="/var/tmp") as folder:
        yield Path(folder)


@pytest.mark.parametrize("place", ["/tmp/$AWS_LAMBDA_RUNTIME_API", "$TMPDIR/x", "/dev/null"])
def test_a_function_and_its_children_can_write_where_lambda_lets_them(
    make_function: MakeFunction, place: str
) -> None:
    function = make_function(WRITES, writable=[Path("/tmp")])

    written = function.invoke(place).value

    assert written == ["written", 0]


@pytest.mark.parametrize("place", ["$LAMBDA_TASK_ROOT/x", "/var/tmp/mailroom-x", "/dev/shm/x"])
def test_a_function_and_its_children_can_write_nowhere_else(
    make_function: MakeFunction, place: str
) -> None:
    function = make_function(WRITES, writable=[Path("/tmp")])

    assert function.invoke(place).value == ["PermissionError", 1]


def test_a_function_can_not_remove_move_or_truncate_its_code(
    make_function: MakeFunction, task_root: Path
) -> None:
    function = make_function(
        """
        import os

        def handler(event, context):
            return [refused(os.remove), refused(os.rename, "b.py"), refused(os.truncate, 0),
                    refused(lambda path: os.mkdir("folder")), refused(os.symlink, "link")]

        def refused(change, *arguments):
            try:
                change("app.py", *arguments)
            except PermissionError:
                return True
            return False
        """,
        writable=[Path("/tmp")],
    )

    assert function.invoke().value == [True] * 5
    assert [path.name for path in task_root.iterdir()] == ["app.py"]


def test_files_can_be_moved_between_folders_of_tmp(make_function: MakeFunction) -> None:
    function = make_function("""
        import os, pathlib, tempfile

        def handler(event, context):
            one, other = (pathlib.Path(tempfile.mkdtemp()) for _ in range(2))
            (one / "file").write_text("moved")
            os.rename(one / "file", other / "file")
            return (other / "file").read_text()
    """)

    assert function.invoke().value == "moved"


def test_bytecode_is_kept_for_the_next_environment(
    make_function: MakeFunction, task_root: Path
) -> None:
    (task_root / "helper.py").write_text("")
    function = make_function(
        "import helper\ndef handler(event, context): return helper.__cached__",
        writable=[Path("/tmp"), *bytecode_folders(task_root)],
    )

    assert Path(function.invoke().value).is_file()
