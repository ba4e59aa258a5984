"""The artifact bucket, which holds releases and the log of promotions."""

import json
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from mailroom.errors import MailroomError, Refused
from mailroom.promotion.account import Account

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

# Each deployment uploads its release again, so one deployed within a year has not expired.
_LIFECYCLE: Any = {
    "Rules": [
        {
            "ID": "ExpireOldArtifacts",
            "Status": "Enabled",
            "Filter": {"Prefix": "artifacts/"},
            "Expiration": {"Days": 365},
        },
        {
            "ID": "ExpireOldVersions",
            "Status": "Enabled",
            "Filter": {"Prefix": ""},
            "NoncurrentVersionExpiration": {"NoncurrentDays": 90},
            "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7},
        },
    ]
}
_PRIVATE: Any = {
    "BlockPublicAcls": True,
    "BlockPublicPolicy": True,
    "IgnorePublicAcls": True,
    "RestrictPublicBuckets": True,
}
_ENCRYPTION: Any = {
    "Rules": [
        {
            "ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"},
            "BucketKeyEnabled": False,
        }
    ]
}


def set_up_bucket(account: Account) -> bool:
    """Create the artifact bucket if it is missing, and configure it.

    It is versioned, encrypted, private and reached by TLS only; old artifacts expire.

    Returns:
        Whether it was created.

    Raises:
        Refused: The bucket belongs to another account.
    """
    s3, name = account.session.client("s3"), account.bucket
    owner: Any = {"Bucket": name, "ExpectedBucketOwner": account.id}
    created = not bucket_exists(account)
    if created:
        _create(s3, name, account.config.region)
    s3.put_public_access_block(PublicAccessBlockConfiguration=_PRIVATE, **owner)
    s3.put_bucket_versioning(VersioningConfiguration={"Status": "Enabled"}, **owner)
    s3.put_bucket_encryption(ServerSideEncryptionConfiguration=_ENCRYPTION, **owner)
    s3.put_bucket_lifecycle_configuration(LifecycleConfiguration=_LIFECYCLE, **owner)
    s3.put_bucket_policy(Policy=json.dumps(_tls_only(name, account.session)), **owner)
    return created


def bucket_exists(account: Account) -> bool:
    """Whether the artifact bucket exists.

    Raises:
        Refused: It belongs to another account.
    """
    try:
        account.session.client("s3").head_bucket(
            Bucket=account.bucket, ExpectedBucketOwner=account.id
        )
    except ClientError as error:
        code = error.response["Error"].get("Code", "")
        if code in ("403", "AccessDenied"):
            raise Refused(
                f"bucket {account.bucket} is another account's, or forbidden",
                "name another in the environment's file: bucket",
            ) from error
        if code not in ("404", "NoSuchBucket"):
            raise MailroomError(str(error)) from error
        return False
    return True


def bucket_fault(account: Account) -> list[str]:
    """The reason why nothing can be uploaded; empty when there is none."""
    try:
        missing = not bucket_exists(account)
    except MailroomError as error:
        return [str(error)]
    setup = f"mailroom setup --env {account.config.name}"
    return [f"bucket {account.bucket} is missing: {setup}"] if missing else []


def _create(s3: "S3Client", name: str, region: str) -> None:
    # us-east-1 is the default, and S3 rejects it as LocationConstraint.
    place: Any = {"CreateBucketConfiguration": {"LocationConstraint": region}}
    s3.create_bucket(Bucket=name, **({} if region == "us-east-1" else place))


def _tls_only(name: str, session: Any) -> dict[str, Any]:
    arn = f"arn:{session.get_partition_for_region(session.region_name)}:s3:::{name}"
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "OnlyByTls",
                "Effect": "Deny",
                "Principal": "*",
                "Action": "s3:*",
                "Resource": [arn, f"{arn}/*"],
                "Condition": {"Bool": {"aws:SecureTransport": "false"}},
            }
        ],
    }
