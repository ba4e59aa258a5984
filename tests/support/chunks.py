"""Puts batches in chunks into MessagesBucket, as docs/volume.md has them."""

import json
import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from tests.support.flow import Event, Flow


@dataclass
class Chunked:
    """A batch in chunks that is uploaded bit by bit.

    Attributes:
        manifest: The items of its manifest; a test may falsify them.
    """

    flow: Flow
    prefix: str
    manifest: list[dict[str, Any]]

    @property
    def input(self) -> dict[str, Any]:
        """The workflow's input that names it."""
        return {"source": {"bucket": self.bucket, "prefix": self.prefix}}

    @property
    def bucket(self) -> str:
        """MessagesBucket."""
        return self.flow.environment.outputs["MessagesBucketName"]

    @property
    def s3(self) -> Any:
        """The client."""
        return self.flow.environment.session.client("s3")

    def put(self, events: Sequence[Event]) -> str:
        """Put one chunk, and add it to the manifest; its key."""
        body = "".join(f"{json.dumps(event)}\n" for event in events).encode()
        key = f"{self.prefix}/chunks/{len(self.manifest):05}.jsonl"
        self.s3.put_object(Bucket=self.bucket, Key=key, Body=body)
        different = {json.dumps(event): event["type"] for event in events}
        chunk = {
            "key": key,
            "count": len(different),
            "bytes": len(body),
            "sha256": sha256(body).hexdigest(),
            "types": Counter(different.values()),
            "duplicates": len(events) - len(different),
        }
        self.manifest.append(chunk)
        return key

    def finish(self) -> dict[str, Any]:
        """Put the manifest; returns the workflow's input."""
        body = json.dumps(self.manifest).encode()
        self.s3.put_object(Bucket=self.bucket, Key=f"{self.prefix}/manifest.json", Body=body)
        return self.input


def chunked(flow: Flow, *chunks: Sequence[Event]) -> Chunked:
    """A batch of these chunks, without its manifest."""
    made = Chunked(flow, f"batches/test-{uuid.uuid4()}", [])
    for events in chunks:
        made.put(events)
    return made
