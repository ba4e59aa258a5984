"""Files of messages as people have them: read where their form is clear, else explained."""

import gzip
import json
from pathlib import Path

import pytest

from mailroom.errors import Refused
from mailroom.project import Project
from mailroom.workflow.batch import gather_batch
from mailroom.workflow.input_files import likely_cause, read_input
from tests.support.events import alert

LINES = '{"id":"é"}\n{"id":"2"}\n'


def read(path: Path, content: bytes) -> bytes:
    path.write_bytes(content)
    return b"".join(read_input(str(path)))


@pytest.mark.parametrize(
    "content",
    [
        LINES.encode(),
        gzip.compress(LINES.encode(), mtime=0),
        gzip.compress(LINES.encode("utf-16"), mtime=0),
        LINES.encode("utf-16"),
        b"\xfe\xff" + LINES.encode("utf-16-be"),
        LINES.encode("utf-8-sig"),
    ],
    ids=["as it is", "gzip", "gzip of UTF-16", "UTF-16", "UTF-16 big-endian", "byte order mark"],
)
def test_the_same_lines_are_read_of_each_form(tmp_path: Path, content: bytes) -> None:
    assert read(tmp_path / "events", content) == LINES.encode()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (gzip.compress(LINES.encode(), mtime=0)[:-9], "the .gz is damaged"),
        (b"\x1f\x8bnot gzip", "the .gz is damaged"),
        (LINES.encode("utf-16")[:-1], "the UTF-16 is damaged"),
    ],
)
def test_a_damaged_file_is_refused_by_name(tmp_path: Path, content: bytes, said: str) -> None:
    with pytest.raises(Refused, match=r"events\.gz: ") as refused:
        read(tmp_path / "events.gz", content)

    assert said in str(refused.value)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("id,source,type\n1,/a,alert\n", "is CSV"),
        ("id\tsource\n1\t/a\n", "is tab-separated"),
        ("id;source\n1;/a\n", "is CSV with semicolons"),
        ("PK\x03\x04rest", "is a zip archive"),
        ("{\0}\0", "iconv -f UTF-16 -t UTF-8 'my events'"),
    ],
)
def test_what_a_file_is_is_said_with_the_way_out(tmp_path: Path, content: str, said: str) -> None:
    file = tmp_path / "events"
    file.write_text(content)

    cause = likely_cause(file, "my events")

    assert cause is not None
    assert cause.startswith("my events ")
    assert said in cause


@pytest.mark.parametrize("content", [LINES, "", "\n", "not json\n", '{"id":1}\n{"id":', "{\n"])
def test_nothing_is_guessed_of_other_files(tmp_path: Path, content: str) -> None:
    file = tmp_path / "events"
    file.write_text(content)

    assert likely_cause(file, "events") is None


def test_the_cause_comes_before_a_few_problems(tmp_path: Path) -> None:
    file = tmp_path / "events.csv"
    file.write_text("id,source,type\n" * 9)

    with pytest.raises(Refused, match="nothing was sent") as refused:
        gather_batch(Project.find(), [str(file)], tmp_path)

    cause, *problems = refused.value.hint.splitlines()
    assert "is CSV" in cause
    assert problems[0].startswith(f"{file}:1: ")
    assert len(problems) == 3


@pytest.mark.parametrize("indent", [None, 2])
def test_events_over_several_lines_and_arrays_are_read(tmp_path: Path, indent: int | None) -> None:
    file = tmp_path / "events.json"
    folder = tmp_path / "batch"
    folder.mkdir()
    objects = "\n".join(json.dumps(alert(), indent=indent) for _ in range(3))
    file.write_text(objects + "\n" + json.dumps([alert(), alert()], indent=indent))

    assert gather_batch(Project.find(), [str(file)], folder).report.valid == 5


def test_a_file_in_gzip_is_a_batch(tmp_path: Path) -> None:
    file = tmp_path / "events.jsonl.gz"
    file.write_bytes(gzip.compress(json.dumps(alert()).encode()))
    folder = tmp_path / "batch"
    folder.mkdir()

    assert gather_batch(Project.find(), [str(file)], folder).report.valid == 1
