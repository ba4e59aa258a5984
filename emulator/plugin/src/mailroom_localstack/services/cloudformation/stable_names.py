"""Names of resources that stay the same when LocalStack is started again."""

from __future__ import annotations

import threading
from typing import Any

from mailroom_localstack.durability.opened import Opened
from mailroom_localstack.durability.resource_names import Names, Resource
from mailroom_localstack.patches import patch

NAMES = Names(Opened.store) if Opened.store else None
_current = threading.local()


@patch("localstack.services.cloudformation.provider_utils:generate_default_name")
def keep_names(original: Any, stack_name: str, logical_resource_id: str) -> str:
    """Give a resource the generated name that it had before LocalStack ended.

    LocalStack: keeps no stack, and generates another name in each creation.

    Why: queues and buckets are found again by their names, and so are their messages and objects.

    Test: tests/integration/test_durable_queues.py
    test_messages_survive_a_localstack_that_is_killed
    """
    place = getattr(_current, "place", None)
    if NAMES is None or place is None:
        return str(original(stack_name, logical_resource_id))
    resource = Resource(place, stack_name, logical_resource_id)
    return NAMES.give(resource, lambda: original(stack_name, logical_resource_id))


@keep_names.also(
    "localstack.services.cloudformation.resource_provider:ResourceProviderExecutor.execute_action"
)
def know_resource(original: Any, executor: Any, provider: Any, payload: Any) -> Any:
    """Know which account and region a name is for, and forget it with its resource."""
    _current.place = f"{payload['awsAccountId']} {payload['region']}"
    try:
        event = original(executor, provider, payload)
    finally:
        place, _current.place = _current.place, None
    if NAMES and payload["action"] == "Remove" and event.status.name == "SUCCESS":
        requested = payload["requestData"]
        resource = Resource(place, executor.stack_name, requested["logicalResourceId"])
        NAMES.forget(resource, requested)
    return event
