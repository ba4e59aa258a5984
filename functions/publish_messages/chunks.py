"""Batches in chunks: the sum of their manifests, the messages of one chunk, and why one failed."""

import json
from collections import Counter
from collections.abc import Iterator
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from messages.cloudevents.lines import lines
from messages.reading import Accepted, Rejected, read_lines
from messages.size import LARGEST_CHUNK, LARGEST_MANIFEST
from messages.types import message_types
from publish_messages.manifest import Chunk, parse_manifest
from publish_messages.request import Failure, PrefixSource
from publish_messages.source import readable
from shared.errors import InvalidInput

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


def sum_up(client: "S3Client", source: PrefixSource, batch_id: str) -> dict[str, Any]:
    """Return what a batch publishes, as its manifest says, and where its chunks are.

    Raises:
        InvalidInput: when the manifest is missing, forbidden or malformed.
        PublishFailed: when S3 fails.
    """
    folder = f"{source.prefix.rstrip('/')}/"
    manifest = f"{folder}manifest.json"
    with readable(source.bucket, manifest):
        body = client.get_object(Bucket=source.bucket, Key=manifest)["Body"]
        content = body.read(LARGEST_MANIFEST + 1)
    if len(content) > LARGEST_MANIFEST:
        raise InvalidInput(f"{manifest}: has more than {LARGEST_MANIFEST} bytes")
    chunks = parse_manifest(manifest, folder, content)
    types: Counter[str] = Counter()
    for chunk in chunks:
        types.update(chunk.types)
    results = f"{folder}results/{batch_id}/"
    return {
        "batchId": batch_id,
        "published": {name: types[name] for name in message_types()},
        "duplicates": sum(chunk.duplicates for chunk in chunks),
        "chunks": {"bucket": source.bucket, "manifest": manifest, "results": results},
    }


def read_chunk(client: "S3Client", bucket: str, chunk: Chunk) -> Iterator[Accepted | Rejected]:
    """Yield the message of each line of a chunk, or its problems.

    Raises:
        InvalidInput: when the object is missing, forbidden, or not the one of the manifest.
        PublishFailed: when S3 fails.
    """
    with readable(bucket, chunk.key):
        # One byte more than a chunk may have shows that an object is larger.
        content = client.get_object(Bucket=bucket, Key=chunk.key)["Body"].read(LARGEST_CHUNK + 1)
    if (len(content), sha256(content).hexdigest()) != (chunk.bytes, chunk.sha256):
        raise InvalidInput(f"{chunk.key}: bytes or sha256 differ from the manifest's")
    yield from read_lines(lines([content]))


def check_counts(chunk: Chunk, types: Counter[str]) -> None:
    """Check that a chunk has as many messages of each type as its manifest says.

    Raises:
        InvalidInput: when it has not.
    """
    if types != chunk.types:
        raise InvalidInput(
            f"{chunk.key}: the manifest says {chunk.types}, and the chunk has {dict(types)}"
        )


def explain(client: "S3Client", failure: Failure) -> dict[str, str]:
    """Return `Error` and `Cause` of a batch that failed: those of its first chunk that failed.

    Raises:
        InvalidInput: when what a child wrote can't be read.
        PublishFailed: when S3 fails.
    """
    with readable(failure.bucket, failure.problems):
        listed = client.list_objects_v2(Bucket=failure.bucket, Prefix=failure.problems)
        keys = [one["Key"] for one in listed.get("Contents", [])]
        if not keys:  # The Map failed, and none of its children.
            return failure.error
        first = min(keys, key=lambda key: int(key.rpartition("/")[2]))
        content = client.get_object(Bucket=failure.bucket, Key=first)["Body"].read()
    told = json.loads(content)
    error, cause = str(told["Error"]), str(told["Cause"])
    if len(keys) > 1:
        cause = _with_more(cause, len(keys) - 1)
    return {"Error": error, "Cause": cause}


def _with_more(cause: str, more: int) -> str:
    """The cause, which is the JSON of a function's error, with the number of further chunks."""
    try:
        told = json.loads(cause)
        told["errorMessage"] += f"\n… {more} more chunks failed"
    except (ValueError, TypeError, KeyError):
        return cause
    return json.dumps(told, ensure_ascii=False)
