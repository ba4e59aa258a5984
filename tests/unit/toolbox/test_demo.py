"""Which messages the demo sends."""

import json
from pathlib import Path

from mailroom.cli.daily.demo import demo_files
from mailroom.project import Project
from tests.support.events import alert


def test_the_samples_of_types_that_are_not_among_the_real_messages_are_sent_too(
    tmp_path: Path,
) -> None:
    events = tmp_path / "samples" / "github-events.jsonl"
    events.parent.mkdir()
    events.write_text(f"{json.dumps(alert())}\n")
    folders = [tmp_path / "functions" / "message_types" / name for name in ("alert", "invoice")]
    for folder in folders:
        folder.mkdir(parents=True)
        (folder / "samples.jsonl").touch()

    assert demo_files(Project(tmp_path, tmp_path / ".mailroom")) == [
        events,
        folders[1] / "samples.jsonl",
    ]


def test_without_other_types_the_real_messages_are_all() -> None:
    assert [file.name for file in demo_files(Project.find())] == ["github-events.jsonl"]
