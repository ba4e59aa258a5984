import threading
from pathlib import Path

import pytest

from mailroom.environments.embedded.processes import ProcessRecord
from mailroom.environments.embedded.state import State, StateFile

STATE = State(
    4566,
    5432,
    ProcessRecord(1, "/a"),
    None,
    ready=True,
    iam="observe",
    engine={"a lock": "1"},
    packaged=True,
    parameters={"Consumption": "events"},
)


def test_what_is_saved_is_loaded(tmp_path: Path) -> None:
    file = StateFile(tmp_path / "state")

    file.save(STATE)

    assert file.load() == STATE


def test_there_is_no_state_before_the_first_save(tmp_path: Path) -> None:
    assert StateFile(tmp_path).load() is None


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"\xff",
        b"null",
        b"[]",
        b"{}",
        b'{"port": "x", "postgres_port": 1, "localstack": null, "postgres": null, "ready": true}',
        b'{"port": 1, "postgres_port": 1, "localstack": 7, "postgres": null, "ready": true}',
        b'{"port": 1, "postgres_port": 1, "localstack": {"id": 7}, "postgres": null, "ready": 1}',
        b'{"port": 65536, "postgres_port": 1, "localstack": null, "postgres": null, "ready": 1}',
        b'{"port": 1, "postgres_port": -1, "localstack": null, "postgres": null, "ready": 1}',
        b'{"port": true, "postgres_port": 1, "localstack": null, "postgres": null, "ready": 1}',
        b'{"port": 1, "postgres_port": 1, "localstack": {"pid": "7", "folder": "/"},'
        b' "postgres": null, "ready": 1}',
        b'{"port": 1, "postgres_port": 1, "localstack": {"pid": 9999999999, "folder": "/"},'
        b' "postgres": null, "ready": 1}',
        b'{"port": 1, "postgres_port": 1, "localstack": null, "postgres": null, "ready": 1,'
        b' "engine": 7}',
        b'{"port": 1, "postgres_port": 1, "localstack": null, "postgres": null, "ready": 1,'
        b' "parameters": "x"}',
    ],
)
def test_what_cannot_be_understood_is_no_state(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "environment.json").write_bytes(content)

    assert StateFile(tmp_path).load() is None


def test_what_an_earlier_version_saved_is_loaded(tmp_path: Path) -> None:
    (tmp_path / "environment.json").write_text(
        '{"port": 1, "postgres_port": 2, "localstack": null, "postgres": null, "ready": true}'
    )

    assert StateFile(tmp_path).load() == State(1, 2, ready=True)


def test_a_lock_is_waited_for_and_said_to_be(tmp_path: Path) -> None:
    file = StateFile(tmp_path)
    waiting, locked = threading.Event(), threading.Event()

    def second() -> None:
        with file.locked(waiting.set):
            locked.set()

    with file.locked():
        thread = threading.Thread(target=second)
        thread.start()
        assert waiting.wait(5)
        assert not locked.is_set()
    thread.join(5)

    assert locked.is_set()


def test_a_lock_whose_file_was_removed_meanwhile_is_taken_anew(tmp_path: Path) -> None:
    file = StateFile(tmp_path)
    waiting = threading.Event()
    inodes = []

    def second() -> None:
        with file.locked(waiting.set):
            inodes.append((tmp_path / "lock").stat().st_ino)

    with file.locked() as lock:
        thread = threading.Thread(target=second)
        thread.start()
        assert waiting.wait(5)
        file.remove()
        assert not (tmp_path / "lock").exists()
        assert not lock.closed
    thread.join(5)

    assert len(inodes) == 1
