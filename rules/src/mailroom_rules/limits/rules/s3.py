"""S3: the size of an object's own metadata, and how many keys a listing may ask for."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from mailroom_rules.limits.documents import statements
from mailroom_rules.limits.refusal import Refusal
from mailroom_rules.limits.rules.rule import Request, Rule

API = "https://docs.aws.amazon.com/AmazonS3/latest/API/"
METADATA = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingMetadata.html"
NAMES = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html"
MOST_METADATA_BYTES = 2_048
MOST_DELETIONS = 1_000
MOST_TAGS = 10
RESERVED = re.compile(
    r"(xn--|sthree-|amzn-s3-demo-).*|.*(-s3alias|--ol-s3|\.mrap|--table-s3)", re.DOTALL
)
ACTIONS = (
    *("AbortIncompleteMultipartUpload", "Expiration", "NoncurrentVersionExpiration"),
    *("NoncurrentVersionTransitions", "Transitions"),
)


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


def _bucket_name(name: str, _request: Request) -> Refusal | None:
    """LocalStack refuses what has other characters."""
    if RESERVED.fullmatch(name) is None:
        return None
    return Refusal("InvalidBucketName", "The specified bucket is not valid.")


def _deletions(objects: Sequence[Any], _request: Request) -> Refusal | None:
    return None if len(objects) <= MOST_DELETIONS else _MALFORMED


def _tags(tags: Sequence[Any], _request: Request) -> Refusal | None:
    if len(tags) <= MOST_TAGS:
        return None
    return Refusal("BadRequest", f"Object tags cannot be greater than {MOST_TAGS}")


def _lifecycle(rules: Sequence[Mapping[str, Any]], _request: Request) -> Refusal | None:
    for rule in rules:
        if not any(rule.get(action) for action in ACTIONS):
            return Refusal("InvalidRequest", "At least one action needs to be specified in a rule")
        expiration = rule.get("Expiration") or {}
        days = expiration.get("Days")
        if days is not None and expiration.get("Date") is not None:
            return _MALFORMED
        if days is not None and days < 1:
            reason = "'Days' for Expiration action must be a positive integer"
            return Refusal("InvalidArgument", reason)
    return None


def _policy(policy: str, request: Request) -> Refusal | None:
    for one in statements(policy):
        named = one.get("Resource") or []
        for arn in [named] if isinstance(named, str) else named:
            bucket = str(arn).split(":", 5)[-1].partition("/")[0]
            is_other = re.fullmatch(r"[a-z0-9.\-]+", bucket) and bucket != request.get("Bucket")
            if str(arn).startswith("arn:") and is_other:
                return Refusal("MalformedPolicy", "Policy has invalid resource")
    return None


_MALFORMED = Refusal(
    "MalformedXML",
    "The XML you provided was not well-formed or did not validate against our published schema",
)

RULES = (
    Rule(
        "s3",
        ("CreateBucket",),
        "Bucket",
        "a bucket's name has none of S3's own beginnings and endings",
        NAMES,
        _bucket_name,
    ),
    Rule(
        "s3",
        ("DeleteObjects",),
        "Delete.Objects",
        "1,000 objects are deleted at a time",
        f"{API}API_DeleteObjects.html",
        _deletions,
    ),
    Rule(
        "s3",
        ("PutObjectTagging",),
        "Tagging.TagSet",
        "an object has ten tags",
        f"{API}API_PutObjectTagging.html",
        _tags,
    ),
    Rule(
        "s3",
        ("PutBucketLifecycleConfiguration",),
        "LifecycleConfiguration.Rules",
        "a lifecycle rule does something, after a day or at a date",
        f"{API}API_PutBucketLifecycleConfiguration.html",
        _lifecycle,
    ),
    Rule(
        "s3",
        ("PutBucketPolicy",),
        "Policy",
        "a bucket's policy is about the bucket",
        f"{API}API_PutBucketPolicy.html",
        _policy,
    ),
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
