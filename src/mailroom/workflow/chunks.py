"""Uploads a batch of any size in chunks; docs/volume.md says what is where."""

import json
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from hashlib import md5
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mailroom.environments.environment import Environment
from mailroom.project import Project
from mailroom.workflow.batch import refuse_nothing, shown_names, start
from mailroom.workflow.input_files import PART_BYTES, cause_of, read_input
from mailroom.workflow.splitting import Splitting
from mailroom.workflow.validation import refuse_problems

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

# What a chunk may have: functions/messages/size.py.
_LARGEST_CHUNK = 4 << 20
_MOST_IN_CHUNK = 2_000
_THREADS = 4
_MOST_PENDING = 2 * _THREADS


class Inputs:
    """A batch's files, of which as much is read ahead as a chunk has.

    Attributes:
        shown: Their names for a person.
        fit: Whether they fit into one chunk.
    """

    def __init__(self, files: Sequence[str]) -> None:
        self.shown = shown_names(files)
        self._streams = [read_input(one) for one in files]
        self._ahead: list[list[bytes]] = [[] for _ in files]
        self.fit = self._fit()

    def streams(self) -> list[Iterator[bytes]]:
        """The parts of each file."""
        pairs = zip(self._ahead, self._streams, strict=True)
        return [chain(ahead, rest) for ahead, rest in pairs]

    def causes(self) -> list[str]:
        """What those files are that aren't JSON Lines, as far as they were read ahead."""
        starts = [b"".join(ahead)[:PART_BYTES] for ahead in self._ahead]
        found = (cause_of(start, name) for start, name in zip(starts, self.shown, strict=True))
        return [cause for cause in found if cause]

    def _fit(self) -> bool:
        size = lines = 0
        for stream, ahead in zip(self._streams, self._ahead, strict=True):
            for part in stream:
                ahead.append(part)
                size += len(part)
                lines += part.count(b"\n")
                if size > _LARGEST_CHUNK or lines > _MOST_IN_CHUNK:
                    return False
        return True


@dataclass
class Uploaded:
    """What has been uploaded: its chunks, those that were there already, and its messages."""

    chunks: int = 0
    there: int = 0
    messages: int = 0
    duplicates: int = 0


def upload_chunks(
    project: Project,
    environment: Environment,
    inputs: Inputs,
    batch: str,
    folder: Path,
    told: Callable[[Uploaded], None],
) -> Uploaded:
    """Validate a batch, and upload it in chunks and then their manifest.

    Chunks that are there already are not uploaded again, so that an upload that was interrupted
    goes on with the same files and batch.

    Args:
        project: The checkout.
        environment: Where to.
        inputs: The files.
        batch: The batch's id.
        folder: A temporary folder.
        told: Called after each chunk.

    Raises:
        Refused: A file can't be read, a line is not a valid message, or there is no message.
    """
    client = environment.session.client("s3")
    bucket, prefix = environment.outputs["MessagesBucketName"], _prefix(batch)
    there = dict(_digests(client, bucket, f"{prefix}chunks/"))
    splitting = Splitting(project, inputs.shown, inputs.streams(), folder)
    done, pending = Uploaded(), deque[Future[Any]]()
    path = folder / "manifest.json"
    with ThreadPoolExecutor(_THREADS) as threads, path.open("w") as manifest:
        for chunk, content in splitting.chunks():
            key = f"{prefix}chunks/{done.chunks:05}.jsonl"
            manifest.write(f"{',' if done.chunks else '['}\n{json.dumps({'key': key, **chunk})}")
            if there.get(key) == md5(content, usedforsecurity=False).hexdigest():
                done.there += 1
            else:
                put = threads.submit(client.put_object, Bucket=bucket, Key=key, Body=content)
                pending.append(put)
            if len(pending) == _MOST_PENDING:
                pending.popleft().result()
            done.chunks += 1
            done.messages += chunk["count"]
            done.duplicates += chunk["duplicates"]
            told(done)
        manifest.write("\n]\n")
        refuse_problems(splitting.reports, inputs.causes())
        refuse_nothing(done.messages, inputs.shown)
        while pending:
            pending.popleft().result()
    client.upload_file(str(path), bucket, f"{prefix}manifest.json")
    return done


def start_chunks(environment: Environment, batch: str) -> str:
    """Start the execution of a batch that was uploaded in chunks; returns the execution's ARN.

    Raises:
        Refused: The batch was sent before.
    """
    source = {"bucket": environment.outputs["MessagesBucketName"], "prefix": _prefix(batch)}
    return start(environment, batch, json.dumps({"source": source}))


def _prefix(batch: str) -> str:
    return f"batches/{batch}/"


def _digests(client: "S3Client", bucket: str, prefix: str) -> Iterator[tuple[str, str]]:
    """The keys under a prefix, each with its ETag, which is the MD5 of what was put there."""
    for page in client.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix):
        for one in page.get("Contents", []):
            yield one["Key"], one["ETag"].strip('"')
