"""Answers that are given without the service, or instead of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from localstack.aws.protocol.serializer import create_serializer

if TYPE_CHECKING:
    from mailroom_localstack.service_call import ServiceCall


def answer(context: ServiceCall, response: Any, result: dict[str, Any]) -> None:
    """Make a result the response, in the protocol of the request."""
    context.service_response = result
    serializer = create_serializer(context.service, context.protocol)
    response.update_from(
        serializer.serialize_to_response(
            result, context.operation, context.request.headers, context.request_id
        )
    )
