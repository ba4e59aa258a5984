"""An edit of a live function's source is live at its next invocation."""

import os
import time
from pathlib import Path

import pytest
from mailroom_localstack.executor.source_watcher import SourceWatcher

from .conftest import MakeFunction

RETURNS = "def handler(event, context): return {}"


@pytest.fixture
def source(tmp_path: Path, task_root: Path) -> Path:
    """A package beside the task root, linked into it, as functions in development are."""
    source = tmp_path / "source"
    source.mkdir()
    (source / "__init__.py").touch()
    (source / "handler.py").write_text(RETURNS.format(1))
    (task_root / "package").symlink_to(source)
    installed = task_root / "installed"
    installed.mkdir()
    (installed / "module.py").write_text("VALUE = 1")
    distribution = task_root / "installed-1.0.dist-info"
    distribution.mkdir()
    (distribution / "RECORD").write_text("installed/module.py,,\n")
    return source


def test_an_edit_is_live_at_the_next_invocation(make_function: MakeFunction, source: Path) -> None:
    function = make_function(handler="package.handler.handler", live=True)
    before = function.invoke()
    (source / "handler.py").write_text(RETURNS.format(2))

    after = function.invoke()

    assert (before.value, after.value) == (1, 2)
    assert "Init Duration" in after.report


def test_without_an_edit_the_process_is_kept(make_function: MakeFunction, source: Path) -> None:
    (source / "handler.py").write_text("import os\ndef handler(event, context): return os.getpid()")
    function = make_function(handler="package.handler.handler", live=True)

    assert function.invoke().value == function.invoke().value


def test_a_syntax_error_shows_and_the_next_good_edit_heals_it(
    make_function: MakeFunction, source: Path
) -> None:
    function = make_function(handler="package.handler.handler", live=True)
    function.invoke()

    (source / "handler.py").write_text("def handler(:")
    broken = function.invoke()
    (source / "handler.py").write_text(RETURNS.format(3))
    healed = function.invoke()

    assert broken.value["errorType"] == "Runtime.UserCodeSyntaxError"
    assert healed.value == 3


def test_live_source_is_not_littered(make_function: MakeFunction, source: Path) -> None:
    make_function(handler="package.handler.handler", live=True).invoke()

    assert sorted(path.name for path in source.iterdir()) == ["__init__.py", "handler.py"]


def test_code_that_is_not_live_is_not_watched(make_function: MakeFunction, source: Path) -> None:
    function = make_function(handler="package.handler.handler")
    function.invoke()
    (source / "handler.py").write_text(RETURNS.format(2))

    assert function.invoke().value == 1


def test_every_kind_of_edit_changes_the_fingerprint(source: Path, task_root: Path) -> None:
    watcher = SourceWatcher(task_root)
    states = [watcher.state()]

    def edit(path: Path, text: str) -> None:
        path.write_text(text)
        states.append(watcher.state())

    edit(source / "handler.py", RETURNS.format(2))
    edit(source / "001.first.sql", "create table a ()")
    edit(task_root / "template.json", "{}")
    replacement = source.with_name("replacement.py")
    replacement.write_text(RETURNS.format(3))
    replacement.replace(source / "handler.py")
    states.append(watcher.state())
    (source / "001.first.sql").unlink()
    states.append(watcher.state())

    assert len(set(states)) == len(states)


def test_an_edit_that_keeps_size_and_time_is_seen(source: Path, task_root: Path) -> None:
    path = source / "handler.py"
    watcher = SourceWatcher(task_root)
    before, status = watcher.state(), path.stat()

    path.with_name("new").write_text(RETURNS.format(2))
    path.with_name("new").replace(path)
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))

    assert watcher.state() != before


def test_installed_and_compiled_files_are_not_watched(source: Path, task_root: Path) -> None:
    watcher = SourceWatcher(task_root)
    before = watcher.state()

    (task_root / "installed" / "module.py").write_text("VALUE = 2")
    (source / "__pycache__").mkdir()
    (source / "__pycache__" / "handler.pyc").touch()

    assert watcher.state() == before


def test_a_new_installation_is_noticed(source: Path, task_root: Path) -> None:
    watcher = SourceWatcher(task_root)
    before = watcher.state()

    (task_root / "installed-1.0.dist-info").rename(task_root / "installed-2.0.dist-info")

    assert watcher.state() != before


def test_links_that_lead_nowhere_or_in_circles_do_no_harm(source: Path, task_root: Path) -> None:
    (source / "circle").symlink_to(source)
    (source / "nowhere").symlink_to(source / "missing")

    paths = [path for path, *_ in SourceWatcher(task_root).state()]

    assert str(task_root / "package" / "handler.py") in paths
    assert not any("circle/circle" in path or path.endswith("nowhere") for path in paths)


def test_the_question_costs_less_than_a_millisecond(source: Path, task_root: Path) -> None:
    for number in range(50):
        (source / f"module_{number}.py").touch()
        (task_root / "installed" / f"module_{number}.py").touch()
    watcher = SourceWatcher(task_root)
    watcher.state()

    times = []
    for _ in range(20):
        begun = time.perf_counter()
        watcher.state()
        times.append(time.perf_counter() - begun)

    assert min(times) < 0.001
