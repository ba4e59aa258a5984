"""Objects that S3 acknowledged survive LocalStack's end."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from mailroom_localstack.durability.opened import Opened, refused
from mailroom_localstack.durability.resource_names import undoing
from mailroom_localstack.durability.store import StoreError
from mailroom_localstack.durability.stored_objects import Objects
from mailroom_localstack.patches import patch

PROVIDER = "localstack.services.s3.provider:S3Provider"
STORED = Objects(Opened.store) if Opened.store else None


@patch(
    f"{PROVIDER}.put_object",
    f"{PROVIDER}.copy_object",
    f"{PROVIDER}.complete_multipart_upload",
    f"{PROVIDER}.delete_object",
    f"{PROVIDER}.put_object_acl",
    f"{PROVIDER}.put_object_retention",
    f"{PROVIDER}.put_object_legal_hold",
)
def keep_objects(original: Any, provider: Any, context: Any, *args: Any, **kw: Any) -> Any:
    """Acknowledge an object when it is on the disk, and have it again after LocalStack's end.

    LocalStack: keeps objects in memory and in temporary files.

    AWS: stores an object on several devices before it acknowledges it.
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/DataDurability.html

    Test: tests/integration/test_durable_objects.py
    test_objects_survive_a_localstack_that_is_killed
    """
    result = original(provider, context, *args, **kw)
    request = context.service_request
    _keep(provider, context, request["Bucket"], [request["Key"]])
    return result


@keep_objects.also(f"{PROVIDER}.delete_objects")
def keep_deletions(original: Any, provider: Any, context: Any, *args: Any, **kw: Any) -> Any:
    """Keep that several objects were deleted."""
    result = original(provider, context, *args, **kw)
    request = context.service_request
    keys = [one["Key"] for one in request["Delete"]["Objects"]]
    _keep(provider, context, request["Bucket"], dict.fromkeys(keys))
    return result


@keep_objects.also(f"{PROVIDER}.post_object")
def keep_posted(original: Any, provider: Any, context: Any, *args: Any, **kw: Any) -> Any:
    """Keep an object that a form has sent; its key may be in the form alone."""
    result = original(provider, context, *args, **kw)
    if STORED and not undoing():
        bucket = context.service_request["Bucket"]
        objects = _bucket(provider, context, bucket).objects.values()
        new = [one.key for one in objects if not hasattr(one, "mailroom_written")]
        _keep(provider, context, bucket, new)
    return result


@keep_objects.also(f"{PROVIDER}.create_bucket")
def restore_objects(original: Any, provider: Any, context: Any, *args: Any, **kw: Any) -> Any:
    """Give a bucket that is made again the objects that it had."""
    result = original(provider, context, *args, **kw)
    _restore(provider, context, context.service_request["Bucket"], versioned=False)
    return result


@keep_objects.also(f"{PROVIDER}.put_bucket_versioning")
def restore_versions(original: Any, provider: Any, context: Any, *args: Any, **kw: Any) -> Any:
    """Give it the versions of its objects when it has versions again."""
    result = original(provider, context, *args, **kw)
    _restore(provider, context, context.service_request["Bucket"], versioned=True)
    return result


@keep_objects.also(f"{PROVIDER}.delete_bucket")
def leave_objects(original: Any, provider: Any, context: Any, *args: Any, **kw: Any) -> Any:
    """Delete a bucket with its objects, and keep those, while a failed creation is undone."""
    if STORED and undoing():
        bucket = _bucket(provider, context, context.service_request["Bucket"])
        bucket.objects = type(bucket.objects)()
    return original(provider, context, *args, **kw)


def _keep(provider: Any, context: Any, bucket: str, keys: Iterable[str]) -> None:
    """Store what there is now of some keys, unless CloudFormation undoes a failed creation.

    LocalStack's CloudFormation deletes the objects of a bucket that it deletes.

    Raises:
        ServiceException: it can't be written.
    """
    if STORED is None or undoing():
        return
    objects = _bucket(provider, context, bucket).objects

    def read(version: Any) -> list[bytes] | None:
        with provider._storage_backend.open(bucket, version, mode="r") as stored:
            if stored.last_modified != version.internal_last_modified:
                return None
            return list(stored)

    try:
        for key in keys:
            STORED.keep(bucket, key, _versions(objects, key), read)
    except (StoreError, OSError) as error:
        raise refused(error) from error


def _restore(provider: Any, context: Any, name: str, versioned: bool) -> None:
    """Put into a bucket the objects with a version, or those without."""
    bucket = _bucket(provider, context, name)
    restored = f"mailroom_restored_{versioned}"
    if STORED is None or hasattr(bucket, restored):
        return
    setattr(bucket, restored, True)
    for version, file in STORED.of(name):
        if bool(version.version_id) is not versioned:
            continue
        if file is not None:
            before = dict(vars(version))
            with provider._storage_backend.open(name, version, mode="w") as stored:
                with file.open("rb") as content:
                    stored.write(content)
                modified = version.internal_last_modified
            vars(version).update(before, internal_last_modified=modified)
            version.mailroom_written = modified
        bucket.objects.set(version.key, version)


def _bucket(provider: Any, context: Any, name: str) -> Any:
    return provider._get_cross_account_bucket(context, name)[1]


def _versions(objects: Any, key: str) -> list[Any]:
    """The versions and delete markers of a key, the oldest first."""
    found = objects._store.get(key)
    if found is None:
        return []
    return list(found.values()) if isinstance(found, dict) else [found]
