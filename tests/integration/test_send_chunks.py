"""`mailroom send` of a batch that is larger than a chunk."""

import json
import os
import re
import signal
from pathlib import Path
from typing import Any

import pytest

from mailroom.environments.environment import Environment
from mailroom.project import Project
from tests.support.command import Command
from tests.support.events import alert, mixed
from tests.support.flow import until

LINES = 4_500
RESUMES = re.compile(r"--resume (\S+)")


@pytest.fixture
def mailroom(project: Project, environment: Environment) -> Command:
    """The command on the tests' environment."""
    return Command(project.root, project.state, environment=environment.name)


class Uploaded:
    """What is in MessagesBucket."""

    def __init__(self, environment: Environment) -> None:
        self._client = environment.session.client("s3")
        self._bucket = environment.outputs["MessagesBucketName"]

    def under(self, prefix: str) -> dict[str, Any]:
        """When each object under a prefix was written."""
        listed = self._client.list_objects_v2(Bucket=self._bucket, Prefix=prefix)
        return {one["Key"]: one["LastModified"] for one in listed.get("Contents", [])}


def lines(events: list[dict[str, Any]]) -> str:
    return "".join(f"{json.dumps(event)}\n" for event in events)


def test_an_upload_that_was_interrupted_goes_on_and_the_batch_settles(
    mailroom: Command, environment: Environment, tmp_path: Path
) -> None:
    events, uploaded = mixed(LINES), Uploaded(environment)
    pipe, whole, output = (tmp_path / name for name in ("pipe", "whole.jsonl", "output"))
    whole.write_text(lines(events))
    os.mkfifo(pipe)
    before = uploaded.under("batches/")
    sending = mailroom.start("send", str(pipe), output=output)
    with pipe.open("w") as writing:
        writing.write(lines(events[:4_200]))
        writing.flush()
        until(lambda: len(uploaded.under("batches/")) == len(before) + 2, "two chunks")
        sending.send_signal(signal.SIGINT)
        assert sending.wait(60) == 130
    resumed = RESUMES.search(output.read_text())
    assert resumed
    first = uploaded.under(f"batches/{resumed[1]}/chunks/")

    result = mailroom.json("send", str(whole), "--resume", resumed[1])

    after = uploaded.under(f"batches/{resumed[1]}/chunks/")
    assert result["batchId"] == resumed[1]
    assert [result[kind]["ingested"] for kind in result["published"]] == [2_250, 2_250]
    assert len(after) == 3
    assert after.items() >= first.items()
    whole.write_text(lines(mixed(LINES)))
    again = mailroom.run("send", str(whole), "--resume", resumed[1], code=2)
    assert f"batch {resumed[1]} was sent before" in again.stderr
    assert uploaded.under(f"batches/{resumed[1]}/chunks/") == after


def test_a_wrong_line_of_a_large_file_is_named_and_nothing_is_sent(
    mailroom: Command, environment: Environment, tmp_path: Path
) -> None:
    file, wrong = tmp_path / "events.jsonl", alert(severity=7)
    events = [*mixed(4_100), wrong, *mixed(50)]
    file.write_text(lines(events))
    started = mailroom.run("executions", "list", "--limit", "1000").stdout

    refused = mailroom.run("send", str(file), code=2)

    assert f"{file}:4101: data.severity: " in refused.stderr
    assert "1 problem; nothing was sent" in refused.stderr
    assert mailroom.run("executions", "list", "--limit", "1000").stdout == started
