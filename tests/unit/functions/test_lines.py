"""JSON Lines are read, and problems named by line."""

import io
import json
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

import messages
from messages.cloudevents.lines import lines
from messages.size import LARGEST_MESSAGE, attributes_size
from messages.validate import validate

Make = Callable[..., dict[str, Any]]


def problems(content: bytes) -> list[tuple[object, object]]:
    return [(one["line"], one["field"]) for one in validate([content]).problems]


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000])
def test_chunks_of_any_size_give_the_same_lines(size: int) -> None:
    content = b"\none\r\n \n\xc3\xbc two\n\nthree"

    found = lines(iter(partial(io.BytesIO(content).read, size), b""))

    assert [(line.number, line.text(), line.ended) for line in found] == [
        (2, "one", True),
        (4, "ü two", True),
        (6, "three", False),
    ]


def test_an_empty_file_has_no_problem() -> None:
    assert json.loads(validate([]).as_json()) == {
        "valid": 0,
        "types": {"notification": 0, "alert": 0},
        "duplicates": 0,
        "bytes": 0,
        "exactInline": True,
        "problems": [],
        "problemCount": 0,
    }


def test_a_line_that_is_not_utf8_is_named(notification: Make) -> None:
    good = json.dumps(notification()).encode()

    assert problems(good + b'\n{"a": "\xff"}\n' + good) == [(2, "event")]


def test_a_byte_order_mark_is_named(notification: Make) -> None:
    assert problems(b"\xef\xbb\xbf" + json.dumps(notification()).encode()) == [(1, "event")]


def test_a_file_that_ends_within_a_line_says_so(notification: Make) -> None:
    good = json.dumps(notification()).encode()

    report = validate([good + b"\n" + good[:50]])

    assert report.problems[0]["line"] == 2
    assert "ends within this line" in str(report.problems[0]["reason"])


def test_a_last_line_without_a_line_feed_is_valid(notification: Make) -> None:
    assert validate([json.dumps(notification()).encode()]).types["notification"] == 1


def test_a_line_separator_of_unicode_separates_no_lines(notification: Make) -> None:
    data = {"recipient": "r", "title": "a\u2028b\u0085c"}
    text = json.dumps(notification(data=data), ensure_ascii=False)

    assert problems(text.encode()) == []


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000])
def test_elements_of_arrays_and_indented_objects_are_events_in_chunks_of_any_size(
    size: int,
) -> None:
    content = b"""{"a": 1}
 [ {"b": "]\\", [\\\\"} ,{"c": [1, {}]}]
[
  {
    "d": 4
  },

  5]

{
 "e": {}
}
[]
{"f": 6}
"""

    found = list(lines(iter(partial(io.BytesIO(content).read, size), b"")))

    assert not any("\n" in one.text() for one in found)
    assert [(one.number, json.loads(one.text()), one.alone) for one in found] == [
        (1, {"a": 1}, True),
        (2, {"b": ']", [\\'}, False),
        (2, {"c": [1, {}]}, False),
        (4, {"d": 4}, False),
        (8, 5, False),
        (10, {"e": {}}, False),
        (14, {"f": 6}, True),
    ]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("[EVENT EVENT]", 1),
        ("[EVENT,\n]", 2),
        ("[,EVENT]", 1),
        ("[EVENT}]", 1),
        ("[EVENT", 1),
        ("[EVENT,\n", 2),
        ("[\nEVENT]]", 2),
        ("EVENT\n[EVENT,\n\n1]", 4),
        ("{\n", 1),
    ],
)
def test_an_array_that_is_not_json_is_refused_by_its_line(
    notification: Make, text: str, line: int
) -> None:
    found = problems(text.replace("EVENT", json.dumps(notification())).encode())

    assert line in [number for number, _ in found]


def test_an_array_larger_than_a_message_is_read_and_not_to_be_sent_inline(
    notification: Make,
) -> None:
    events = [notification(id=str(number)) for number in range(5000)]
    content = json.dumps(events).encode()
    assert len(content) > 2 * LARGEST_MESSAGE

    report = validate(iter(partial(io.BytesIO(content).read, 1 << 16), b""))

    assert (report.types["notification"], report.problem_count) == (5000, 0)
    assert not report.exact_inline


def test_an_endless_line_is_refused_and_its_successor_read(notification: Make) -> None:
    good = json.dumps(notification()).encode()
    chunks = [b"x" * LARGEST_MESSAGE] * 5 + [b"\n", good]

    report = validate(chunks)

    assert [one["line"] for one in report.problems] == [1]
    assert report.types["notification"] == 1


@pytest.mark.parametrize(("surplus", "count"), [(0, 0), (1, 1)])
def test_an_event_may_fill_256_kb_with_its_attributes_and_no_more(
    notification: Make, surplus: int, count: int
) -> None:
    limit = LARGEST_MESSAGE - attributes_size("notification")
    event = notification(data={"recipient": "r", "title": ""})
    event["data"]["title"] = "t" * (limit - len(json.dumps(event)) + surplus)

    assert validate([json.dumps(event).encode()]).problem_count == count


def test_twenty_problems_are_shown_and_all_are_counted() -> None:
    report = validate([b"{}\n" * 30])

    assert (len(report.problems), report.problem_count) == (20, 30)


def test_repeats_are_counted_whatever_their_notation(notification: Make) -> None:
    event = notification()
    texts = [json.dumps(event), json.dumps(dict(reversed(event.items())))]

    report = validate(["\n".join(texts).encode()])

    assert (report.duplicates, report.types["notification"]) == (1, 2)


@pytest.mark.parametrize(("number", "exact"), [("1.5", True), ("1e400", False), ("9" * 20, False)])
def test_numbers_beyond_64_bits_are_not_to_be_sent_inline(
    notification: Make, number: str, exact: bool
) -> None:
    event = notification(data={"recipient": "r", "title": "t", "details": {"n": "N"}})

    report = validate([json.dumps(event).replace('"N"', number).encode()])

    assert report.exact_inline is exact


def test_the_command_reads_standard_input_and_imports_no_aws(notification: Make) -> None:
    root = Path(messages.__file__).parents[1]
    program = (
        "import sys; from messages.validate import main; code = main(['-']);"
        "assert not {'boto3', 'botocore', 'psycopg'} & set(sys.modules); sys.exit(code)"
    )

    done = subprocess.run(
        [sys.executable, "-c", program],
        input=json.dumps(notification()).encode() + b"\n{}",
        capture_output=True,
        cwd=root,
        check=False,
    )

    assert done.returncode == 2, done.stderr
    assert json.loads(done.stdout)["valid"] == 1


def test_a_file_that_is_missing_is_named(tmp_path: Path) -> None:
    root = Path(messages.__file__).parents[1]
    missing = str(tmp_path / "missing.jsonl")

    done = subprocess.run(
        [sys.executable, "-m", "messages.validate", missing],
        capture_output=True,
        cwd=root,
        check=False,
    )

    assert (done.returncode, done.stdout) == (66, b"")
    assert missing in done.stderr.decode()
