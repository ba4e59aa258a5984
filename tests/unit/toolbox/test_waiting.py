import pytest

from mailroom.errors import StartFailed
from mailroom.waiting import wait_until


def test_it_ends_as_soon_as_it_is_true() -> None:
    answers = iter([False, False, True])

    wait_until(lambda: next(answers), "the third answer", 5)

    assert next(answers, None) is None


def test_what_never_comes_is_named_with_what_was_seen() -> None:
    with pytest.raises(StartFailed, match="the moon was not ready after 0 s") as failed:
        wait_until(lambda: False, "the moon", 0, lambda: "it was cloudy")

    assert failed.value.hint == "it was cloudy"
