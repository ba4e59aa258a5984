"""The deletion of a stack's event source mappings."""

from __future__ import annotations

from typing import Any

from mailroom_localstack.patches import patch

MAPPING = (
    "localstack.services.lambda_.resource_providers.aws_lambda_eventsourcemapping"
    ":LambdaEventSourceMappingProvider"
)
INTERVAL_SECONDS = 0.1
# A batch that is being processed ends first: a function has 15 minutes.
LONGEST_SECONDS = 900


@patch(f"{MAPPING}.delete")
def await_deletion(original: Any, provider: Any, request: Any) -> Any:
    """Report an event source mapping as deleted when it is.

    LocalStack: reports it while the mapping is Deleting, which lasts as long as its poll, so that
    an update that creates it again fails with ResourceConflictException.

    AWS: the handler waits until the mapping is gone.
    https://docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-test-contract.html

    Test: tests/parity/test_stacks.py
    test_an_event_source_mapping_is_gone_when_the_update_that_deletes_it_is_complete
    """
    from localstack.services.lambda_.invocation.models import lambda_stores
    from localstack.utils.sync import poll_condition

    event = original(provider, request)
    mappings = lambda_stores[request.account_id][request.region_name].event_source_mappings
    poll_condition(
        lambda: request.desired_state["Id"] not in mappings, LONGEST_SECONDS, INTERVAL_SECONDS
    )
    return event
