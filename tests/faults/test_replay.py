"""A batch or a file is sent again."""

from pathlib import Path

from tests.faults.checker import as_bodies
from tests.faults.run import Run
from tests.support.command import Command


def test_a_batch_or_a_file_that_is_replayed_makes_no_second_row(
    run: Run, mailroom: Command, tmp_path: Path
) -> None:
    events = run.events(6)
    batch = mailroom.send(events)["batchId"]
    file = tmp_path / "events.jsonl"
    file.write_text("".join(f"{body}\n" for body in as_bodies(events)))

    for what in (batch, str(file)):
        result = mailroom.json("replay", what)

        assert [result[kind]["alreadyThere"] for kind in result["published"]] == [3, 3]
    assert run.rows() == 6


def test_replaying_what_is_neither_file_nor_batch_is_refused(mailroom: Command) -> None:
    run = mailroom.run("replay", "nothing-of-the-kind", code=2)

    assert "neither a file nor a batch" in run.stderr
