"""Amazon S3: https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html"""

from urllib.parse import unquote

from mailroom_rules.actions.scope import Params, Permission, Scope

OBJECT = {
    "GetObject": "GetObject",
    "HeadObject": "GetObject",
    "SelectObjectContent": "GetObject",
    "PutObject": "PutObject",
    "CopyObject": "PutObject",
    "CreateMultipartUpload": "PutObject",
    "UploadPart": "PutObject",
    "UploadPartCopy": "PutObject",
    "CompleteMultipartUpload": "PutObject",
    "AbortMultipartUpload": "AbortMultipartUpload",
    "ListParts": "ListMultipartUploadParts",
    "DeleteObject": "DeleteObject",
    "RestoreObject": "RestoreObject",
    "GetObjectAcl": "GetObjectAcl",
    "PutObjectAcl": "PutObjectAcl",
    "GetObjectAttributes": "GetObjectAttributes",
    "GetObjectTagging": "GetObjectTagging",
    "PutObjectTagging": "PutObjectTagging",
    "DeleteObjectTagging": "DeleteObjectTagging",
    "GetObjectRetention": "GetObjectRetention",
    "PutObjectRetention": "PutObjectRetention",
    "GetObjectLegalHold": "GetObjectLegalHold",
    "PutObjectLegalHold": "PutObjectLegalHold",
}
OF_A_VERSION = {
    "GetObject": "GetObjectVersion",
    "DeleteObject": "DeleteObjectVersion",
    "GetObjectAcl": "GetObjectVersionAcl",
    "PutObjectAcl": "PutObjectVersionAcl",
    "GetObjectAttributes": "GetObjectVersionAttributes",
    "GetObjectTagging": "GetObjectVersionTagging",
    "PutObjectTagging": "PutObjectVersionTagging",
    "DeleteObjectTagging": "DeleteObjectVersionTagging",
}
BUCKET = {
    "HeadBucket": "ListBucket",
    "ListObjects": "ListBucket",
    "ListObjectsV2": "ListBucket",
    "ListObjectVersions": "ListBucketVersions",
    "ListMultipartUploads": "ListBucketMultipartUploads",
    "GetBucketAccelerateConfiguration": "GetAccelerateConfiguration",
    "PutBucketAccelerateConfiguration": "PutAccelerateConfiguration",
    "GetBucketCors": "GetBucketCORS",
    "PutBucketCors": "PutBucketCORS",
    "DeleteBucketCors": "PutBucketCORS",
    "GetBucketEncryption": "GetEncryptionConfiguration",
    "PutBucketEncryption": "PutEncryptionConfiguration",
    "DeleteBucketEncryption": "PutEncryptionConfiguration",
    "GetBucketLifecycle": "GetLifecycleConfiguration",
    "GetBucketLifecycleConfiguration": "GetLifecycleConfiguration",
    "PutBucketLifecycle": "PutLifecycleConfiguration",
    "PutBucketLifecycleConfiguration": "PutLifecycleConfiguration",
    "DeleteBucketLifecycle": "PutLifecycleConfiguration",
    "GetBucketNotificationConfiguration": "GetBucketNotification",
    "PutBucketNotificationConfiguration": "PutBucketNotification",
    "GetBucketReplication": "GetReplicationConfiguration",
    "PutBucketReplication": "PutReplicationConfiguration",
    "DeleteBucketReplication": "PutReplicationConfiguration",
    "DeleteBucketTagging": "PutBucketTagging",
    "DeleteBucketOwnershipControls": "PutBucketOwnershipControls",
    "GetPublicAccessBlock": "GetBucketPublicAccessBlock",
    "PutPublicAccessBlock": "PutBucketPublicAccessBlock",
    "DeletePublicAccessBlock": "PutBucketPublicAccessBlock",
    "GetObjectLockConfiguration": "GetBucketObjectLockConfiguration",
    "PutObjectLockConfiguration": "PutBucketObjectLockConfiguration",
}
SAME_NAME = {
    *("CreateBucket", "DeleteBucket", "GetBucketLocation", "GetBucketAcl", "PutBucketAcl"),
    *("GetBucketPolicy", "PutBucketPolicy", "DeleteBucketPolicy", "GetBucketPolicyStatus"),
    *("GetBucketTagging", "PutBucketTagging", "GetBucketVersioning", "PutBucketVersioning"),
    *("GetBucketLogging", "PutBucketLogging", "GetBucketOwnershipControls"),
    *("PutBucketOwnershipControls", "GetBucketWebsite", "PutBucketWebsite", "DeleteBucketWebsite"),
    *("GetBucketRequestPayment", "PutBucketRequestPayment"),
}
BY_PARAMETER = {
    "ACL": "PutObjectAcl",
    "Tagging": "PutObjectTagging",
    "ObjectLockMode": "PutObjectRetention",
    "ObjectLockLegalHoldStatus": "PutObjectLegalHold",
}
WRITES_WITH_HEADERS = {"PutObject", "CopyObject", "CreateMultipartUpload"}


def permissions(operation: str, params: Params, scope: Scope) -> list[Permission]:
    """What a call of S3 needs. DeleteObjects needs one permission a key, and AWS answers by key."""
    if operation == "ListBuckets":
        return [Permission("s3:ListAllMyBuckets")]
    bucket = _bucket(params.get("Bucket", ""), scope)
    if operation == "DeleteObjects":
        return [
            _object("DeleteObject", bucket, entry)
            for entry in params.get("Delete", {}).get("Objects", [])
        ]
    if operation in OBJECT:
        return _on_object(operation, bucket, params, scope)
    if operation in BUCKET or operation in SAME_NAME:
        return [_permission(BUCKET.get(operation, operation), bucket)]
    return [Permission(f"s3:{operation}", known=False)]


def reveals_missing_key(params: Params, scope: Scope) -> Permission:
    """The permission with which S3 answers 404 for a missing key; without it, 403.

    https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
    """
    return _permission("ListBucket", _bucket(params.get("Bucket", ""), scope))


def _on_object(operation: str, bucket: str, params: Params, scope: Scope) -> list[Permission]:
    needed = [_object(OBJECT[operation], bucket, params)]
    if operation == "GetObjectAttributes":
        needed.insert(0, _object("GetObject", bucket, params))
    if operation in ("CopyObject", "UploadPartCopy"):
        needed.insert(0, _source(params.get("CopySource", ""), scope))
    if operation in WRITES_WITH_HEADERS:
        extra = [action for name, action in BY_PARAMETER.items() if params.get(name)]
        needed.extend(_object(action, bucket, {"Key": params.get("Key")}) for action in extra)
    return needed


def _object(action: str, bucket: str, params: Params) -> Permission:
    if params.get("VersionId") and action in OF_A_VERSION:
        action = OF_A_VERSION[action]
    separator = "/object/" if ":accesspoint/" in bucket else "/"
    return _permission(action, f"{bucket}{separator}{params.get('Key', '')}")


def _source(copy_source: str | Params, scope: Scope) -> Permission:
    if not isinstance(copy_source, str):
        return _object("GetObject", _bucket(copy_source.get("Bucket", ""), scope), copy_source)
    path, _, version = copy_source.partition("?versionId=")
    bucket, _, key = unquote(path).lstrip("/").partition("/")
    return _object("GetObject", _bucket(bucket, scope), {"Key": key, "VersionId": version})


def _bucket(name: str, scope: Scope) -> str:
    return name if name.startswith("arn:") else scope.arn("s3", name, region="", account="")


def _permission(action: str, resource: str) -> Permission:
    return Permission(f"s3:{action}", resource, printed_resource=f'"{resource}"')
