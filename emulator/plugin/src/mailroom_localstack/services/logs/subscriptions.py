"""Subscription filters: who gets the log events that match them."""

from __future__ import annotations

import base64
import gzip
import json
import logging
from collections.abc import Callable
from functools import partial
from typing import Any

from mailroom_rules.filter_patterns import compile_pattern

from mailroom_localstack.batcher import Batcher
from mailroom_localstack.patches import patch, replacement

LOG = logging.getLogger(__name__)
NOT_EXECUTED = (
    "Could not execute the lambda function. Make sure you have given CloudWatch Logs permission to"
    " execute your function."
)


@patch("moto.logs.models:LogsBackend.put_subscription_filter")
def try_function_of_subscription(
    original: Any,
    backend: Any,
    log_group_name: str,
    filter_name: str,
    filter_pattern: str,
    destination_arn: str,
    role_arn: str | None,
) -> None:
    """Take a function as a destination if CloudWatch Logs may invoke it.

    LocalStack: asks for the permission to read the function, which no policy of a function gives
    to CloudWatch Logs, and refuses otherwise with a message about roles.

    AWS: needs `lambda:InvokeFunction` in the function's policy, and tries it.
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/SubscriptionFilters.html

    Test: tests/parity/test_logs.py
    test_a_subscription_takes_a_function_that_cloudwatch_logs_may_invoke
    """
    group = backend.groups.get(log_group_name)
    if group is None or role_arn or ":lambda:" not in destination_arn:
        original(backend, log_group_name, filter_name, filter_pattern, destination_arn, role_arn)
        return
    client = _client(group.arn, destination_arn, None)
    try:
        client.invoke(FunctionName=destination_arn, InvocationType="DryRun")
    except client.exceptions.ClientError:
        from localstack.aws.api.logs import InvalidParameterException

        raise InvalidParameterException(NOT_EXECUTED) from None
    group.put_subscription_filter(filter_name, filter_pattern, destination_arn, role_arn)


@replacement("moto.logs.models:LogStream.put_log_events")
def deliver_to_subscriptions(original: Any) -> Callable[[Any, list[dict[str, Any]]], str]:
    """Deliver to each subscription the events that match it, after the events are kept.

    LocalStack: gives a second subscription only what the first has taken, waits for the function's
    answer before it answers PutLogEvents, and fails PutLogEvents when a delivery fails.

    AWS: delivers to each subscription on its own, and invokes functions asynchronously.
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/SubscriptionFilters.html

    Test: tests/parity/test_logs.py::test_each_subscription_gets_what_matches_its_own_pattern
    """
    # LocalStack's own patch of the same method is applied first.
    import localstack.services.logs.provider  # noqa: F401
    from moto.core.utils import unix_time_millis
    from moto.logs.models import LogEvent

    def put_log_events(stream: Any, log_events: list[dict[str, Any]]) -> str:
        stream.last_ingestion_time = int(unix_time_millis())
        stream.stored_bytes += sum(len(event["message"]) for event in log_events)
        events = [LogEvent(stream.last_ingestion_time, event) for event in log_events]
        stream.events += events
        stream.upload_sequence_token += 1
        for subscription in list(stream.log_group.subscription_filters.values()):
            pattern = compile_pattern(subscription.filter_pattern or "")
            matching = [event for event in events if pattern.matches(event.message)]
            if matching and subscription.destination_arn:
                _deliveries.add(partial(_deliver, stream, subscription, matching))
        return f"{stream.upload_sequence_token:056d}"

    return put_log_events


def _deliver(stream: Any, subscription: Any, events: list[Any]) -> None:
    message = {
        "messageType": "DATA_MESSAGE",
        "owner": stream.account_id,
        "logGroup": stream.log_group.name,
        "logStream": stream.log_stream_name,
        "subscriptionFilters": [subscription.name],
        "logEvents": [
            {"id": str(one.event_id), "timestamp": one.timestamp, "message": one.message}
            for one in events
        ],
    }
    data = gzip.compress(json.dumps(message, separators=(",", ":")).encode())
    arn: str = subscription.destination_arn
    client = _client(stream.log_group.arn, arn, subscription.role_arn)
    service, name = arn.split(":")[2], arn.rpartition("/")[2]
    if service == "lambda":
        payload = json.dumps({"awslogs": {"data": base64.b64encode(data).decode()}})
        client.invoke(FunctionName=arn, InvocationType="Event", Payload=payload)
    elif service == "kinesis":
        client.put_record(StreamName=name, Data=data, PartitionKey=stream.log_group.name)
    elif service == "firehose":
        client.put_record(DeliveryStreamName=name, Record={"Data": data})


def _client(group_arn: str, destination: str, role: str | None) -> Any:
    """A client of the destination's service that acts for the log group, or with a role."""
    from localstack.aws.connect import connect_to
    from localstack.utils.aws.client_types import ServicePrincipal

    _, _, service, region, account, _ = destination.split(":", 5)
    if role:
        clients = connect_to.with_assumed_role(
            role_arn=role,
            service_principal=ServicePrincipal(ServicePrincipal.logs),
            region_name=region,
        )
    else:
        clients = connect_to(aws_access_key_id=account, region_name=region)
    client = getattr(clients, "lambda_" if service == "lambda" else service)
    # A policy names the log group as its ARN with `:*`.
    source = f"{group_arn.removesuffix(':*')}:*"
    return client.request_metadata(source_arn=source, service_principal=ServicePrincipal.logs)


def _deliver_all(deliveries: list[Callable[[], None]]) -> None:
    for deliver in deliveries:
        try:
            deliver()
        except Exception as error:
            LOG.warning("subscription filter: %s", error)


_deliveries: Batcher[Callable[[], None]] = Batcher(_deliver_all, 0.02)
