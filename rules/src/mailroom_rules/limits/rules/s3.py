"""S3: the size of an object's own metadata, and how many keys a listing may ask for."""

from collections.abc import Mapping

from mailroom_rules.limits.refusal import Refusal
from mailroom_rules.limits.rules.rule import Request, Rule

API = "https://docs.aws.amazon.com/AmazonS3/latest/API/"
METADATA = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingMetadata.html"
MOST_METADATA_BYTES = 2_048


def _metadata(metadata: Mapping[str, str], _request: Request) -> Refusal | None:
    size = sum(len(key.encode()) + len(value.encode()) for key, value in metadata.items())
    if size <= MOST_METADATA_BYTES:
        return None
    return Refusal(
        "MetadataTooLarge", "Your metadata headers exceed the maximum allowed metadata size"
    )


def _keys(most: int, _request: Request) -> Refusal | None:
    if most >= 0:
        return None
    return Refusal(
        "InvalidArgument", "Argument maxKeys must be an integer between 0 and 2147483647"
    )


RULES = (
    Rule(
        "s3",
        ("CopyObject", "CreateMultipartUpload", "PutObject"),
        "Metadata",
        "metadata of the user's own has 2 KB",
        METADATA,
        _metadata,
    ),
    Rule(
        "s3",
        ("ListObjects", "ListObjectsV2", "ListObjectVersions"),
        "MaxKeys",
        "a listing is of no fewer than 0 keys",
        f"{API}API_ListObjectsV2.html",
        _keys,
    ),
)
