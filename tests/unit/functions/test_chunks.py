"""A chunk is what its manifest says, and a manifest what it may be."""

import json
from pathlib import Path
from typing import Any

import pytest

from publish_messages.manifest import parse_chunk, parse_manifest
from publish_messages.request import ChunkSource, PrefixSource, Request
from shared.errors import InvalidInput

FOLDER = "batches/b1/"


def chunk(**changed: Any) -> dict[str, Any]:
    return {
        "key": f"{FOLDER}chunks/00000.jsonl",
        "count": 2,
        "bytes": 300,
        "sha256": "a" * 64,
        "types": {"alert": 1, "notification": 1},
        **changed,
    }


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"count": "2"}, "count: a whole number is required"),
        ({"count": 2001, "types": {"alert": 2001}}, "count: must be at most 2000"),
        ({"bytes": 4 * 1024 * 1024 + 1}, "bytes: must be at most 4194304"),
        ({"sha256": "A" * 64}, "sha256: "),
        ({"types": {"alert": 0, "notification": 2}}, "types.alert: "),
        ({"types": {"alert": 1}}, "do not add up to count"),
        ({"more": 1}, "more: unknown field"),
    ],
)
def test_a_chunk_that_can_not_be_is_refused_by_field(changed: dict[str, Any], said: str) -> None:
    with pytest.raises(InvalidInput, match=said):
        parse_chunk(chunk(**changed))


def test_a_manifest_names_its_item_that_is_wrong() -> None:
    content = json.dumps([chunk(), chunk(key=f"{FOLDER}chunks/1", bytes=0)]).encode()

    with pytest.raises(InvalidInput, match=r"manifest.json: \[1\].bytes: must be at least 1"):
        parse_manifest(f"{FOLDER}manifest.json", FOLDER, content)


def test_the_documented_manifest_is_one() -> None:
    page = (Path(__file__).parents[3] / "docs" / "volume.md").read_text()
    example = page.split("```json\n")[1].partition("```")[0]

    [found] = parse_manifest("manifest.json", "batches/ID/", example.encode())

    assert (found.count, found.duplicates) == (2000, 3)


def test_a_prefix_is_an_input_of_its_own() -> None:
    event = {"batchId": "b1", "input": {"source": {"bucket": "b", "prefix": "batches/b1"}}}

    assert Request.parse(event).messages == PrefixSource("b", "batches/b1")


def test_a_chunk_is_validated_or_published() -> None:
    event = {"batchId": "b1", "bucket": "b", "chunk": chunk(), "publish": False}

    request = Request.parse(event)

    assert request.messages == ChunkSource("b", parse_chunk(chunk()), publish=False)
