"""Tables on a terminal: no word is broken, and what can give way does."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from mailroom.cli import output
from mailroom.cli.output import show_table
from mailroom.cli.tables import lay_out, lines
from tests.support.terminal import shown

ID = "5b7c2c1e-0f5e-4a57-9b1e-2f8f6f1f1a11"
ARN = "arn:aws:states:us-east-1:000000000000:execution:MessageWorkflow:20261128T093621-5a739093"
WORDS = st.lists(st.text("abc", min_size=1, max_size=30), max_size=6).map(" ".join)


def printed(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    width: int,
    columns: list[str],
    rows: list[list[object]],
    *,
    gives_way: tuple[str, ...] = (),
    below: tuple[str, ...] = (),
) -> list[str]:
    """The lines that a person sees in a terminal of a width, of both outputs."""
    console = Console(force_terminal=True, width=width)
    monkeypatch.setattr(output, "console", console)
    show_table(columns, rows, gives_way=gives_way, below=below)
    found = capsys.readouterr()
    return shown((found.out + found.err).replace("\n", "\r\n").encode(), width)


def test_a_text_wraps_between_words_and_an_id_never(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "a text of several words that is longer than the rest of the line has room for"

    seen = printed(capsys, monkeypatch, 80, ["id", "what"], [[ID, text]])

    assert seen[1].startswith(f"{ID}  a text of")
    assert " ".join(" ".join(seen[1:]).split()) == f"{ID} {text}"
    assert len(seen) > 2


def test_a_column_goes_below_the_row_before_another_is_left_out(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    rows: list[list[object]] = [[ID, "conflicting_duplicate", ARN[:40]]]

    seen = printed(
        capsys,
        monkeypatch,
        80,
        ["id", "reason", "origin"],
        rows,
        below=("reason",),
        gives_way=("origin",),
    )

    assert seen == [
        f"{'id':36}  origin",
        f"{ID}  {ARN[:40]}",
        "    conflicting_duplicate",
    ]


def test_what_is_left_out_is_named(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    rows: list[list[object]] = [[ID, ARN]]

    narrow = printed(capsys, monkeypatch, 80, ["id", "arn"], rows, gives_way=("arn",))
    wide = printed(capsys, monkeypatch, 200, ["id", "arn"], rows, gives_way=("arn",))

    assert narrow == ["id", ID, "not shown in 80 columns: arn"]
    assert wide == [f"{'id':36}  arn", f"{ID}  {ARN}"]


def test_a_row_that_fits_no_line_is_a_line_for_each_value(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = printed(capsys, monkeypatch, 80, ["id", "arn"], [[ID, ARN[:70]], [ID, "short"]])

    assert seen == [f"id   {ID}", f"arn  {ARN[:70]}", "", f"id   {ID}", "arn  short"]


def test_numbers_are_aligned_right_and_wide_characters_count_twice(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = printed(capsys, monkeypatch, 80, ["name", "n"], [["日本", 5], ["abcdef", 123]])

    assert [line.split()[-1] for line in seen] == ["n", "5", "123"]
    assert seen[2] == "abcdef  123"
    assert seen[1].endswith("    5")


@given(rows=st.lists(st.tuples(WORDS, WORDS, WORDS), max_size=4), width=st.integers(20, 120))
def test_no_layout_breaks_or_loses_a_word_and_none_is_too_wide(
    rows: list[tuple[str, ...]], width: int
) -> None:
    columns = ["first", "second", "third"]
    layout = lay_out(columns, rows, width, below=("third",))

    found = lines(columns, rows, [False] * 3, layout, width)

    text = " ".join(found).split()
    for row in rows:
        for word in " ".join(row).split():
            assert word in text
    if not layout.records and not layout.below:
        assert [line for line in found if len(line) > width] == []
