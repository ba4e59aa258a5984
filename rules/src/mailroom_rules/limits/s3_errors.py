"""S3's errors for a request that breaks its model: they depend on where the value stands.

https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from mailroom_rules.limits.refusal import Refusal
from mailroom_rules.limits.violation import Kind, Violation

if TYPE_CHECKING:
    from botocore.model import OperationModel

_XML = "The XML you provided was not well-formed or did not validate against our published schema"
_NO_POLICY = "Policies must be valid JSON and the first byte must be '{'"
_OF_HEADERS = {
    "EncodingType": Refusal("InvalidArgument", "Invalid Encoding Method specified in Request"),
    "MetadataDirective": Refusal("InvalidArgument", "Unknown metadata directive."),
    "ObjectAttributes": Refusal("InvalidArgument", "Invalid attribute name specified."),
    "ObjectLockLegalHoldStatus": Refusal(
        "InvalidArgument", "Legal Hold must be either of 'ON' or 'OFF'"
    ),
    "ObjectLockMode": Refusal("InvalidArgument", "Unknown wormMode directive."),
    "ServerSideEncryption": Refusal(
        "InvalidArgument", "The encryption method specified is not supported"
    ),
    "StorageClass": Refusal("InvalidStorageClass", "The storage class you specified is not valid"),
    "TaggingDirective": Refusal("InvalidArgument", "Unknown tagging directive."),
}


def s3_error(operation: OperationModel, violations: Sequence[Violation]) -> Refusal:
    """The error for the first thing that is wrong."""
    first = violations[0]
    name = first.members[0]
    shape = operation.input_shape
    place = shape.members[name].serialization.get("location") if shape is not None else None
    if place in ("header", "querystring"):
        if name == "ObjectOwnership":
            message = f"Invalid x-amz-object-ownership header: {first.offender}"
            return Refusal("InvalidArgument", message)
        return _OF_HEADERS.get(name) or _of_argument(name, first)
    if name == "Policy":
        return Refusal("MalformedPolicy", _NO_POLICY)
    if first.members == (name,) and Kind.REQUIRED in first.kinds and place is None:
        return Refusal("MissingRequestBodyError", "Request Body is empty")
    if first.members[-1] == "Events":
        return Refusal("InvalidArgument", "The event is not supported for notifications")
    if name == "AccessControlPolicy":
        return Refusal("MalformedACLError", _XML)
    return Refusal("MalformedXML", _XML)


def _of_argument(name: str, violation: Violation) -> Refusal:
    if Kind.REQUIRED in violation.kinds:
        return Refusal("InvalidRequest", f"Missing required parameter for this request: {name}")
    return Refusal("InvalidArgument", f"Invalid value for {name}: {violation.sentence}")
