"""Texts for a person."""

import pytest

from mailroom.wording import for_terminal


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain, é, 日本 and 👩‍💻\n\tthe next line", "plain, é, 日本 and 👩‍💻\n\tthe next line"),
        ("\x1b[2J\x1b]0;title\x07", "\\x1b[2J\\x1b]0;title\\x07"),
        ("\x9b31m", "\\x9b31m"),
        ("\ufeff{}", "\\ufeff{}"),
        ("abc\u202efed", "abc\\u202efed"),
        ("one\u2028two\r", "one\\u2028two\\r"),
    ],
)
def test_a_terminal_obeys_no_character_of_a_text(text: str, shown: str) -> None:
    assert for_terminal(text) == shown
    assert for_terminal(shown) == shown
