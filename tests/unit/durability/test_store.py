"""The store writes what waits together, tells when it can't, and loses no change for that."""

import sqlite3
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from mailroom_localstack.durability.store import Statement, Store, StoreError

from tests.support.flow import until

ADD = "INSERT INTO names VALUES ('place', 'stack', 'id', ?)"
NAMES = "SELECT name FROM names ORDER BY name"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "durable" / "localstack.db"


class Adding:
    """Writes names."""

    def __init__(self, before: Callable[[], None] = lambda: None) -> None:
        self._before = before
        self.together: list[int] = []

    def statements(self, changed: Sequence[str]) -> list[Statement]:
        self._before()
        self.together.append(len(changed))
        return [(ADD, (name,)) for name in changed]

    def committed(self) -> None:
        pass


def names(path: Path) -> list[str]:
    """What another process sees."""
    with sqlite3.connect(path) as connection:
        return [name for (name,) in connection.execute(NAMES)]


def test_what_was_changed_before_a_commit_is_in_the_file(path: Path) -> None:
    store = Store(path)

    store.change(Adding(), {1: "one", 2: "two"})
    store.commit()

    assert names(path) == ["one", "two"]
    assert Store(path).read(NAMES) == [("one",), ("two",)]


def test_what_is_not_urgent_is_written_a_moment_later(path: Path) -> None:
    store = Store(path)

    store.change(Adding(), {1: "later"}, urgent=False)
    store.commit()

    until(lambda: names(path) == ["later"], "what is not urgent to be written")


def test_a_later_change_takes_the_place_of_an_earlier_one(path: Path) -> None:
    store = Store(path)

    store.change(Adding(), {1: "earlier"})
    store.change(Adding(), {1: "later"})
    store.commit()

    assert names(path) == ["later"]


def test_threads_that_wait_at_once_are_answered_after_one_commit(path: Path) -> None:
    store = Store(path)
    writing, going = threading.Event(), threading.Event()

    def first() -> None:
        writing.set()
        assert going.wait(10)

    def send(name: str) -> None:
        store.change(adding, {name: name})
        changed.release()
        store.commit()
        assert name in names(path)

    adding = Adding()
    changed = threading.Semaphore(0)
    store.change(Adding(first), {"first": "first"})
    threads = [threading.Thread(target=store.commit)]
    threads += [threading.Thread(target=send, args=(str(number),)) for number in range(8)]
    threads[0].start()
    assert writing.wait(10)
    for thread in threads[1:]:
        thread.start()
    for _ in threads[1:]:
        assert changed.acquire(timeout=10)
    going.set()
    for thread in threads:
        thread.join(10)

    assert names(path) == [*map(str, range(8)), "first"]
    assert len(adding.together) <= 2


def test_a_change_that_cannot_be_written_is_an_error_and_is_tried_again(path: Path) -> None:
    store = Store(path)
    [(pages,)] = store.read("PRAGMA page_count")
    store.read(f"PRAGMA max_page_count = {pages}")
    store.change(Adding(), {"large": "x" * 100_000})

    with pytest.raises(StoreError, match=r"localstack\.db can't be written: .*disk is full"):
        store.commit()
    assert names(path) == []
    store.read("PRAGMA max_page_count = 1000000")
    store.commit()

    assert names(path) == ["x" * 100_000]


def test_a_damaged_file_is_named(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"this is no database" * 1000)

    with pytest.raises(StoreError, match=r"localstack\.db can't be opened: file is not a database"):
        Store(path)


def test_a_file_of_a_later_version_is_refused(path: Path) -> None:
    Store(path).read("PRAGMA user_version = 99")

    with pytest.raises(StoreError, match="it has version 99, and this Mailroom 1"):
        Store(path)
