"""Constraints of the models that aren't checked, each with the reason.

What isn't known to be refused by AWS isn't refused here: a refusal too many costs more than one
that comes later.
"""

from mailroom_rules.limits.violation import Kind

_LOCALSTACK = "LocalStack refuses it, with the error of its own that AWS gives"
_CASE = "S3 takes it in another case too"
_IGNORED = "S3 isn't known to refuse other values of this header"
_CHECKSUM = "S3 takes it in any case; LocalStack refuses what it can't compute, as InvalidRequest"
_EMPTY_BODY = "LocalStack reads an empty body as an empty configuration, which may be one"
_BODIES = (
    "PutBucketAbacRequest.AbacStatus",
    "PutBucketAccelerateConfigurationRequest.AccelerateConfiguration",
    "PutBucketLoggingRequest.BucketLoggingStatus",
    "PutBucketNotificationConfigurationRequest.NotificationConfiguration",
    "PutBucketTaggingRequest.Tagging",
    "PutBucketVersioningRequest.VersioningConfiguration",
    "PutBucketWebsiteRequest.WebsiteConfiguration",
    "PutObjectTaggingRequest.Tagging",
    "PutPublicAccessBlockRequest.PublicAccessBlockConfiguration",
    "UpdateObjectEncryptionRequest.ObjectEncryption",
)
EXEMPT: dict[tuple[str, str, Kind], str] = {
    ("events", "PutEventsRequestEntryList", Kind.MAX): f"{_LOCALSTACK}: ValidationException",
    ("lambda", "BinaryOperationPayload", Kind.MAX): "a stream isn't read before the service has it",
    ("lambda", "Runtime", Kind.ENUM): f"{_LOCALSTACK}: InvalidParameterValueException",
    (
        "lambda",
        "UntagResourceRequest.TagKeys",
        Kind.REQUIRED,
    ): f"{_LOCALSTACK}: ValidationException",
    ("s3", "BucketLocationConstraint", Kind.ENUM): f"{_LOCALSTACK}: InvalidLocationConstraint",
    ("s3", "ChecksumAlgorithm", Kind.ENUM): _CHECKSUM,
    ("s3", "ChecksumMode", Kind.ENUM): _IGNORED,
    ("s3", "ChecksumType", Kind.ENUM): f"{_LOCALSTACK}: InvalidRequest",
    ("s3", "FilterRuleName", Kind.ENUM): f"{_LOCALSTACK}: InvalidArgument; {_CASE}",
    ("s3", "OptionalObjectAttributes", Kind.ENUM): _IGNORED,
    ("s3", "Protocol", Kind.ENUM): f"{_LOCALSTACK}: InvalidRequest",
    ("s3", "RequestPayer", Kind.ENUM): _IGNORED,
    ("s3", "Tagging.TagSet", Kind.REQUIRED): "S3 takes it as no tags",
    ("s3", "TransitionDefaultMinimumObjectSize", Kind.ENUM): f"{_LOCALSTACK}: InvalidRequest",
    (
        "sqs",
        "QueueAttributeName",
        Kind.ENUM,
    ): f"ReceiveMessage takes names of messages' attributes too; else {_LOCALSTACK}",
    **{("s3", body, Kind.REQUIRED): _EMPTY_BODY for body in _BODIES},
    (
        "sns",
        "SetPlatformApplicationAttributesInput.Attributes",
        Kind.REQUIRED,
    ): f"{_LOCALSTACK}: ValidationError, after it has looked for the application",
    (
        "sns",
        "PublishBatchInput.PublishBatchRequestEntries",
        Kind.REQUIRED,
    ): "the query protocol has no empty list: a rule refuses it as EmptyBatchRequest",
}


def exemption(service: str, shape: str, kind: Kind) -> str | None:
    """Why a constraint isn't checked; None if it is.

    Args:
        service: its name, as botocore has it.
        shape: name of the shape; of a required member, `Shape.Member`.
        kind: what kind of constraint.
    """
    return EXEMPT.get((service, shape, kind))
