import json
from pathlib import Path

import pytest

from mailroom.errors import Refused
from mailroom.workflow.batch import STATE_LIMIT, Batch, inline_input
from mailroom.workflow.validation import Report, refuse_problems


def batch(folder: Path, *lines: str, exact: bool = True) -> Batch:
    path = folder / "batch.jsonl"
    path.write_text("\n".join(lines))
    return Batch("b", path, Report(len(lines), 0, exact, 0, []))


def test_a_small_batch_goes_inline_line_by_line_as_it_is(tmp_path: Path) -> None:
    small = batch(tmp_path, '{"n": 1.10}', "", ' {"s": "\u2028é"} ')

    assert inline_input(small) == '{"messages":[{"n": 1.10},{"s": "\u2028é"}]}'


def test_a_batch_that_would_fill_the_state_goes_by_the_bucket(tmp_path: Path) -> None:
    line = json.dumps({"s": "x" * 1000})
    fitting = (STATE_LIMIT - 1024 - len('{"messages":[]}') + 1) // (len(line) + 1)

    assert inline_input(batch(tmp_path, *[line] * fitting)) is not None
    assert inline_input(batch(tmp_path, *[line] * (fitting + 1))) is None


def test_bytes_count_and_not_characters(tmp_path: Path) -> None:
    assert inline_input(batch(tmp_path, json.dumps("é" * 100_000, ensure_ascii=False))) is not None
    assert inline_input(batch(tmp_path, json.dumps("é" * 131_000, ensure_ascii=False))) is None


def test_numbers_that_a_state_would_alter_go_by_the_bucket(tmp_path: Path) -> None:
    assert inline_input(batch(tmp_path, "1e400", exact=False)) is None


def test_problems_of_all_files_are_listed_and_the_rest_is_counted() -> None:
    first = Report(0, 0, True, 30, ["a:1: type: unknown"])
    second = Report(5, 0, True, 1, ["b:2: id: missing"])

    with pytest.raises(Refused, match="31 problems; nothing was sent") as refused:
        refuse_problems([first, second])

    assert refused.value.hint.splitlines() == [
        "a:1: type: unknown",
        "b:2: id: missing",
        "… and 29 more",
    ]


def test_no_problem_refuses_nothing() -> None:
    refuse_problems([Report(1, 0, True, 0, [])])
