"""Files that are no JSON Lines, and events and batches as large as may be."""

import json
from pathlib import Path

import pytest

from tests.faults.run import Run
from tests.support.command import Command
from tests.support.events import notification

# type and its value, batch_id and the longest there may be, and their data types.
ATTRIBUTES = len("type" + "String" + "notification") + len("batch_id" + "String") + 80


@pytest.mark.parametrize(
    ("content", "named"),
    [
        (b'{"id": "\xff\xfe"}\n', "not UTF-8"),
        (b'\xef\xbb\xbf{"id": "1"}\n', "byte order mark"),
        (b"%s\n%s", "the file ends within this line"),
        (b" \n\n\t\n", "no message in it"),
    ],
    ids=["not UTF-8", "byte order mark", "half a line", "empty"],
)
def test_a_file_that_is_no_json_lines_is_refused(
    mailroom: Command, tmp_path: Path, content: bytes, named: str
) -> None:
    whole = json.dumps(notification()).encode()
    file = tmp_path / "batch.jsonl"
    file.write_bytes(content % (whole, whole[:40]) if b"%s" in content else content)

    run = mailroom.run("send", str(file), code=2)

    assert named in run.stderr


@pytest.mark.parametrize("excess", [0, 1])
def test_an_event_may_be_as_large_as_sns_takes_and_no_larger(run: Run, excess: int) -> None:
    event = {**notification(body=""), "source": run.source}
    room = 262_144 - len(json.dumps(event)) - ATTRIBUTES
    event["data"]["body"] = "x" * (room + excess)

    ended = run.flow.run(run.flow.upload([json.dumps(event)]))

    assert ended.error == ("InvalidMessages" if excess else "")
    assert run.rows() == 1 - excess


@pytest.mark.parametrize("count", [1, 10_000])
def test_a_batch_may_have_one_message_or_ten_thousand(run: Run, count: int) -> None:
    run.start(run.events(count))

    [ended] = run.ended()
    verdict = run.finish()

    assert ended.status == "SUCCEEDED"
    assert verdict.clean, verdict
    assert run.rows() == count


def test_an_empty_batch_settles_at_once_and_nothing_is_there(run: Run) -> None:
    ended = [run.flow.run(run.flow.upload([])), run.flow.run({"messages": []})]

    assert [one.status for one in ended] == ["SUCCEEDED", "SUCCEEDED"]
    assert run.rows() == 0
    assert run.messages() == []
