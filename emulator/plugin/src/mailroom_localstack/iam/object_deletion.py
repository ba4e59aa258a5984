"""DeleteObjects, which S3 refuses key by key.

https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from localstack.aws.protocol.serializer import create_serializer

from mailroom_localstack.iam.authorizer import Refused

if TYPE_CHECKING:
    from localstack.aws.api import RequestContext

    from mailroom_localstack.service_call import ServiceCall

ATTRIBUTE = "mailroom_refused_objects"


def refuse_objects(context: ServiceCall, refused: Sequence[Refused]) -> None:
    """Take the keys out that may not be deleted; `answer_for_objects` tells the caller."""
    messages = {one.resource.partition("/")[2]: one.refusal.message for one in refused}
    objects = context.service_request["Delete"]["Objects"]
    context.service_request["Delete"]["Objects"] = [
        entry for entry in objects if entry["Key"] not in messages
    ]
    setattr(context, ATTRIBUTE, messages)


def answer_for_objects(chain: object, context: RequestContext, response: Any) -> None:
    """Add what was refused to S3's answer."""
    messages = getattr(context, ATTRIBUTE, None)
    if not messages or context.service_response is None:
        return
    errors = [
        {"Key": key, "Code": "AccessDenied", "Message": message}
        for key, message in messages.items()
    ]
    answer = context.service_response
    answer["Errors"] = [*(answer.get("Errors") or []), *errors]
    serializer = create_serializer(context.service, context.protocol)
    response.update_from(
        serializer.serialize_to_response(
            answer, context.operation, context.request.headers, context.request_id
        )
    )
