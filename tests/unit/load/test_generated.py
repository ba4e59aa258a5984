"""Generated events: valid, different from each other, and the same for the same seed."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from mailroom.errors import Refused
from mailroom.load.generated import Generator
from mailroom.project import Project
from mailroom.types.described import MessageType, read_types
from mailroom.workflow.validation import validate_file


@pytest.fixture(scope="module")
def types() -> tuple[MessageType, ...]:
    return read_types(Project.find())


def test_the_same_seed_makes_the_same_events_and_another_one_others(
    types: tuple[MessageType, ...],
) -> None:
    first, again, other = (list(Generator(types, seed).lines(0, 50)) for seed in (1, 1, 2))

    assert first == again
    assert not set(first) & set(other)
    assert list(Generator(types, 1).lines(20, 50)) == first[20:]


def test_the_types_take_turns_and_every_event_is_valid(
    types: tuple[MessageType, ...], tmp_path: Path
) -> None:
    lines = list(Generator(types, 7).lines(0, 200))
    file = tmp_path / "events.jsonl"
    file.write_text("\n".join(lines))

    report = validate_file(Project.find(), file, "events")

    assert (report.valid, report.duplicates, report.problems) == (200, 0, [])
    kinds = [json.loads(line)["type"] for line in lines]
    assert kinds[: len(types)] == [one.name for one in types]
    assert len({json.loads(line)["id"] for line in lines}) == 200


def test_what_a_schema_enumerates_is_chosen(types: tuple[MessageType, ...]) -> None:
    events = map(json.loads, Generator(types, 7).lines(0, 200))
    severities = {one["data"]["severity"] for one in events if one["type"] == "alert"}

    assert severities == {"low", "medium", "high", "critical"}


def test_a_type_without_samples_is_named(types: tuple[MessageType, ...]) -> None:
    lacking = replace(types[0], samples=())

    with pytest.raises(Refused, match=f"no sample events of {lacking.name}"):
        Generator([lacking, *types[1:]], 1)
