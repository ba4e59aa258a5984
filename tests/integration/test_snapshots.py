"""An environment goes back to what it had stored when a snapshot was saved."""

import json
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from mailroom.environments.ports import free_port
from mailroom.environments.selection import connect
from mailroom.project import Project
from tests.support.command import Command
from tests.support.events import mixed

BODY = "waits in a queue"


@pytest.fixture(scope="module")
def mailroom(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Command]:
    """The command, with an environment of its own that has a snapshot of what it has stored."""
    command = Command(Project.find().root, tmp_path_factory.mktemp("state"), free_port())
    try:
        command.run("up", "--parameter", "ConsumersPerQueue=3")
        command.send(mixed(4))
        env = connect(Project.find(state=command.state))
        queue = env.outputs["UnroutedQueueUrl"]
        env.session.client("sqs").send_message(QueueUrl=queue, MessageBody=BODY)
        command.run("snapshot", "save", "kept")
        yield command
    finally:
        command.run("reset", "--yes")


def stored(mailroom: Command) -> dict[str, object]:
    """What the environment has stored, as its user sees it."""
    return {
        "rows": sorted(one["id"] for one in mailroom.json("messages")),
        "executions": [(one["name"], one["status"]) for one in mailroom.json("executions", "list")],
        "unrouted": [one["body"] for one in mailroom.json("unrouted")],
        "parameters": mailroom.json("status")["topology"]["parameters"],
    }


def test_what_was_stored_comes_back_into_an_environment_that_runs(mailroom: Command) -> None:
    before = stored(mailroom)
    assert before["unrouted"] == [BODY]
    assert before["parameters"] == {"ConsumersPerQueue": "3"}
    assert before["rows"]
    mailroom.send(mixed(2))
    mailroom.run("up", "--parameter", "ConsumersPerQueue=2")
    mailroom.run("unrouted", "purge", "--yes", "--export", str(mailroom.state / "purged.jsonl"))
    assert stored(mailroom) != before

    mailroom.run("snapshot", "load", "kept", "--yes")

    assert stored(mailroom) == before
    # It works as before.
    assert mailroom.send(mixed(2))["published"]


def test_what_was_stored_comes_back_after_reset_and_by_an_archive(
    mailroom: Command, tmp_path: Path
) -> None:
    mailroom.run("snapshot", "load", "kept", "--yes")
    before, archive = stored(mailroom), tmp_path / "kept.tar.gz"

    mailroom.run("snapshot", "export", "kept", str(archive))
    mailroom.run("reset", "--yes")
    assert [one["name"] for one in mailroom.json("snapshot", "list")] == ["kept"]
    mailroom.run("snapshot", "remove", "kept", "--yes")
    mailroom.run("snapshot", "import", str(archive))
    mailroom.run("snapshot", "load", "kept")

    assert archive.stat().st_mode & 0o777 == 0o600
    assert stored(mailroom) == before


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"mailroom": "0.0.1"}, "snapshot kept was made by Mailroom 0.0.1"),
        ({"parameters": {"Gone": "1"}}, "mailroom snapshot load kept --unset NAME"),
        ({"created": "today"}, "snapshot kept was made by Mailroom unknown"),
    ],
    ids=("version", "parameter", "malformed"),
)
def test_what_can_t_be_loaded_is_refused_and_nothing_is_touched(
    mailroom: Command, change: dict[str, object], said: str
) -> None:
    manifest = mailroom.state / "snapshots" / "kept" / "manifest.json"
    text, before = manifest.read_text(), mailroom.json("status")
    manifest.write_text(json.dumps({**json.loads(text), **change}))
    try:
        refused = mailroom.run("snapshot", "load", "kept", "--yes", code=2)
    finally:
        manifest.write_text(text)

    assert said in refused.stderr
    # The same processes, with the same parameters.
    assert mailroom.json("status") == before


def test_a_wrong_name_is_explained(mailroom: Command) -> None:
    assert (
        "there is a snapshot kept already"
        in mailroom.run("snapshot", "save", "kept", code=2).stderr
    )
    assert "can't be a snapshot's name" in mailroom.run("snapshot", "save", "../x", code=2).stderr
    unknown = mailroom.run("snapshot", "load", "kep", "--yes", code=2).stderr
    assert "did you mean kept?" in unknown


def test_a_file_that_is_no_snapshot_is_refused(mailroom: Command, tmp_path: Path) -> None:
    text, outside = tmp_path / "text", tmp_path / "outside.tar"
    text.write_text("no archive")
    with tarfile.open(outside, "w") as archive:
        archive.add(text, "../../outside")

    for file in (text, outside, tmp_path / "missing"):
        assert "is no snapshot" in mailroom.run("snapshot", "import", str(file), code=2).stderr
    assert not (mailroom.state / "outside").exists()


def test_without_durability_there_is_nothing_to_save(tmp_path: Path) -> None:
    nothing = Command(Project.find().root, tmp_path, free_port())

    refused = nothing.run("snapshot", "save", "early", code=2)

    assert "there is nothing to save" in refused.stderr
