"""Buckets."""

from contextlib import ExitStack
from typing import Any

from tests.parity.endpoint import Endpoint
from tests.parity.made import new_name


class Buckets:
    """Makes buckets."""

    def __init__(self, endpoint: Endpoint, cleanup: ExitStack) -> None:
        self._endpoint = endpoint
        self._cleanup = cleanup
        self.s3 = endpoint.client("s3")

    def make(self) -> str:
        """A bucket; its name."""
        name, region = new_name(), self._endpoint.region
        # The one region that must not be named.
        where = {"LocationConstraint": region} if region != "us-east-1" else None
        settings: dict[str, Any] = {"CreateBucketConfiguration": where} if where else {}
        self.s3.create_bucket(Bucket=name, **settings)
        self._cleanup.callback(self._delete, name)
        return name

    def put(self, bucket: str, key: str, body: bytes) -> None:
        """Put an object."""
        self.s3.put_object(Bucket=bucket, Key=key, Body=body)

    def _delete(self, name: str) -> None:
        found = self.s3.list_object_versions(Bucket=name)
        for one in (*found.get("Versions", []), *found.get("DeleteMarkers", [])):
            self.s3.delete_object(Bucket=name, Key=one["Key"], VersionId=one["VersionId"])
        self.s3.delete_bucket(Bucket=name)
