"""S3 looks for the bucket before it looks at what it is to have."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mailroom_localstack.service_call import ServiceCall

CREATES = "CreateBucket"


def lacks_bucket(context: ServiceCall) -> bool:
    """Whether a request names a bucket that isn't there; LocalStack then answers NoSuchBucket."""
    bucket = context.service_request.get("Bucket")
    if context.service.service_name != "s3" or not bucket or context.operation.name == CREATES:
        return False
    from localstack.services.s3.models import s3_stores

    store = s3_stores[context.account_id][context.region]
    return bucket not in store.global_bucket_map
