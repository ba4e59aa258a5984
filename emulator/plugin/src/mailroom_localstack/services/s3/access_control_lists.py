"""Access control lists, which buckets don't have unless their owner asks for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mailroom_localstack.patches import check

if TYPE_CHECKING:
    from mailroom_localstack.service_call import ServiceCall

ENFORCED = "BucketOwnerEnforced"
# What gives nothing to others.
OWNERS = (None, "private", "bucket-owner-full-control")


@check(
    "s3",
    *("CopyObject", "CreateBucket", "CreateMultipartUpload", "PutBucketAcl", "PutObject"),
    "PutObjectAcl",
)
def refuse_access_control_lists(context: ServiceCall) -> None:
    """Refuse access control lists of a bucket that has none, as every bucket since April 2023.

    LocalStack: takes them.

    AWS: answers AccessControlListNotSupported until the bucket's ownership controls say otherwise.
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/about-object-ownership.html

    Test: tests/parity/test_values_buckets.py::test_a_bucket_has_no_access_control_lists
    """
    from localstack.aws.api import CommonServiceException
    from localstack.services.s3.models import s3_stores

    request = context.service_request
    grants = any(name.startswith("Grant") and value for name, value in request.items())
    is_shared = grants or request.get("ACL") not in OWNERS
    if context.is_internal_call:
        # CloudFormation's provider sets the ownership after it has created the bucket.
        return
    if context.operation.name == "CreateBucket":
        if is_shared and request.get("ObjectOwnership") in (None, ENFORCED):
            raise CommonServiceException(
                "InvalidBucketAclWithObjectOwnership",
                "Bucket cannot have ACLs set with ObjectOwnership's BucketOwnerEnforced setting",
            )
        return
    if not is_shared and context.operation.name not in ("PutBucketAcl", "PutObjectAcl"):
        return
    store = s3_stores[context.account_id][context.region]
    owner = store.global_bucket_map.get(request["Bucket"], context.account_id)
    bucket = s3_stores[owner][context.region].buckets.get(request["Bucket"])
    if bucket is not None and str(bucket.object_ownership) == ENFORCED:
        message = "The bucket does not allow ACLs"
        raise CommonServiceException("AccessControlListNotSupported", message)
