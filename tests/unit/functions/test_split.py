"""Files of events are split into chunks that a manifest describes, in constant memory."""

import io
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import publish_messages
from messages.size import LARGEST_CHUNK, MOST_IN_CHUNK
from publish_messages.manifest import Chunk, parse_chunk
from publish_messages.split import Seen, Splitter, files

Make = Callable[..., dict[str, Any]]
FUNCTIONS = Path(publish_messages.__file__).parents[1]


def frames(*contents: Iterable[bytes]) -> Iterator[bytes]:
    """The stream that the splitter reads."""
    for parts in contents:
        for part in parts:
            yield len(part).to_bytes(4) + part
        yield bytes(4)


def split(
    tmp_path: Path, *contents: Iterable[bytes]
) -> tuple[list[tuple[Chunk, list[Any]]], list[Any]]:
    """The chunks with their events, and the reports."""
    target = io.BytesIO()
    splitter = Splitter(Seen(str(tmp_path / "seen")), target)
    for file in files(io.BytesIO(b"".join(frames(*contents)))):
        splitter.read(file)
    splitter.flush()
    target.seek(0)
    chunks, reports = [], []
    for line in target:
        told = json.loads(line)
        if "report" in told:
            reports.append(told["report"])
            continue
        content = target.read(told["bytes"])
        assert told["sha256"] == sha256(content).hexdigest()
        events = [json.loads(one) for one in content.splitlines()]
        chunks.append((parse_chunk({"key": "k", **told}), events))
    return chunks, reports


def text(*events: dict[str, Any]) -> list[bytes]:
    return [f"{json.dumps(event)}\n".encode() for event in events]


def test_chunks_have_all_events_in_their_order(tmp_path: Path, notification: Make) -> None:
    events = [notification(id=str(number)) for number in range(2 * MOST_IN_CHUNK + 1)]

    chunks, reports = split(tmp_path, text(*events[:10]), [], text(*events[10:]))

    assert [event for _, content in chunks for event in content] == events
    assert [chunk.count for chunk, _ in chunks] == [MOST_IN_CHUNK, MOST_IN_CHUNK, 1]
    assert chunks[0][0].types == {"notification": MOST_IN_CHUNK}
    assert [report["problemCount"] for report in reports] == [0, 0, 0]


def test_a_chunk_is_no_larger_than_it_may_be(tmp_path: Path, notification: Make) -> None:
    body = {"recipient": "ada", "title": "t", "body": "x" * 200_000}
    events = [notification(id=str(number), data=body) for number in range(50)]

    chunks, _ = split(tmp_path, text(*events))

    sizes = [chunk.bytes for chunk, _ in chunks]
    assert [event for _, content in chunks for event in content] == events
    assert max(sizes) <= LARGEST_CHUNK
    assert min(sizes[:-1]) > LARGEST_CHUNK - 210_000


def test_a_repeat_in_any_chunk_or_file_is_left_out_and_counted(
    tmp_path: Path, notification: Make
) -> None:
    events = [notification(id=str(number)) for number in range(MOST_IN_CHUNK + 1)]
    reordered = dict(reversed(events[0].items()))
    other = notification(id="0", data={"recipient": "bob", "title": "another"})

    chunks, _ = split(tmp_path, text(*events), text(reordered, other))

    assert [(chunk.count, chunk.duplicates) for chunk, _ in chunks] == [(MOST_IN_CHUNK, 0), (2, 1)]
    assert chunks[1][1] == [events[-1], other]


def test_after_an_invalid_line_there_is_no_chunk_and_each_is_named(
    tmp_path: Path, notification: Make
) -> None:
    good = [notification(id=str(number)) for number in range(2 * MOST_IN_CHUNK)]
    wrong = {**notification(), "type": "rumour"}

    chunks, reports = split(tmp_path, text(good[0], wrong), text(*good[1:], wrong))

    places = [[problem["line"] for problem in report["problems"]] for report in reports]
    assert (chunks, places) == ([], [[2], [2 * MOST_IN_CHUNK]])


def test_an_event_of_several_lines_becomes_one(tmp_path: Path, notification: Make) -> None:
    event = notification()

    chunks, _ = split(tmp_path, [json.dumps([event], indent=2).encode()])

    assert chunks[0][1] == [event]


def test_memory_does_not_grow_with_the_number_of_events(tmp_path: Path, notification: Make) -> None:
    small, large = (peak_memory(tmp_path / str(count), notification, count) for count in (2, 20))

    assert large < 1.1 * small


def peak_memory(folder: Path, make: Make, chunks: int) -> int:
    """Memory that splitting into so many chunks takes at most, in KB."""
    folder.mkdir()
    command = [sys.executable, "-m", "publish_messages.split", str(folder / "seen")]
    process = subprocess.Popen(
        command, cwd=FUNCTIONS, stdin=subprocess.PIPE, stdout=(folder / "chunks").open("wb")
    )
    assert process.stdin
    parts = (
        f"{json.dumps(make(id=str(number)))}\n".encode() for number in range(chunks * MOST_IN_CHUNK)
    )
    with process.stdin as target:
        target.writelines(frames(parts))
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0
    return usage.ru_maxrss
