"""A request that LocalStack has parsed, with types."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from botocore.model import OperationModel, ServiceModel
    from localstack.http import Request


class ServiceCall(Protocol):
    """LocalStack's RequestContext of a request whose service and operation are known.

    Attributes:
        service_request: the operation's parameters.
        internal_request_params: `service_principal` and `source_arn` of a call by a service.
    """

    request: Request
    service: ServiceModel
    operation: OperationModel
    service_request: dict[str, Any]
    service_response: Any
    protocol: Any
    account_id: str
    region: str
    partition: str
    request_id: str
    is_internal_call: bool
    internal_request_params: dict[str, Any]
