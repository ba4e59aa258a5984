"""Hot reload: an edit of a live function is live at its next invocation."""

from pathlib import Path

import pytest

from tests.support.functions import Functions

pytestmark = pytest.mark.usefixtures("same_files")

RETURNS = "import os\ndef handler(event, context): return [{}, os.getpid()]"


def test_an_edit_is_live_at_the_next_invocation(functions: Functions, tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(RETURNS.format(1))
    function = functions.make(tmp_path)
    before = function.invoke()

    (tmp_path / "app.py").write_text(RETURNS.format(2))
    after = function.invoke()

    assert (before.value[0], after.value[0]) == (1, 2)
    assert "\tInit Duration: " in after.report


def test_an_edit_of_a_linked_package_is_live_too(functions: Functions, tmp_path: Path) -> None:
    package, root = tmp_path / "source" / "package", tmp_path / "root"
    package.mkdir(parents=True)
    root.mkdir()
    (package / "handler.py").write_text(RETURNS.format(1))
    (root / "package").symlink_to(package)
    function = functions.make(root, Handler="package.handler.handler")
    before = function.invoke()

    (package / "handler.py").write_text(RETURNS.format(2))

    assert (before.value[0], function.invoke().value[0]) == (1, 2)


def test_without_an_edit_the_process_is_kept(functions: Functions, tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(RETURNS.format(1))
    function = functions.make(tmp_path)

    assert function.invoke().value == function.invoke().value


def test_a_syntax_error_is_the_functions_error_and_the_next_good_edit_heals_it(
    functions: Functions, tmp_path: Path
) -> None:
    source = tmp_path / "app.py"
    source.write_text(RETURNS.format(1))
    function = functions.make(tmp_path)
    function.invoke()

    source.write_text("def handler(:")
    broken = function.invoke()
    source.write_text(RETURNS.format(2))
    healed = function.invoke()

    assert broken.error == "Unhandled"
    assert broken.value["errorType"] == "Runtime.UserCodeSyntaxError"
    assert "Syntax error in module 'app'" in broken.value["errorMessage"]
    assert (healed.error, healed.value[0]) == (None, 2)


def test_a_live_folder_is_not_littered(functions: Functions, tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(RETURNS.format(1))

    functions.make(tmp_path).invoke()

    assert [entry.name for entry in tmp_path.iterdir()] == ["app.py"]
