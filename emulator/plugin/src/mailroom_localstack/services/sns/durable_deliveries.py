"""Messages that SNS acknowledged are in their queues."""

from __future__ import annotations

from typing import Any

from mailroom_localstack.durability.opened import Opened, commit
from mailroom_localstack.patches import patch

PUBLISHER = "localstack.services.sns.publisher:PublishDispatcher"
PROVIDER = "localstack.services.sns.provider:SnsProvider"


@patch(f"{PUBLISHER}._submit_notification")
def deliver_to_queues_first(
    original: Any, publisher: Any, notifier: Any, ctx: Any, subscriber: Any
) -> None:
    """Deliver a message to the queues before it is acknowledged.

    `MAILROOM_DURABILITY=off` leaves out this too.

    LocalStack: acknowledges it, and delivers it in another thread.

    AWS: has stored a message on several servers when it acknowledges it.
    https://docs.aws.amazon.com/sns/latest/dg/sns-message-durability.html

    Test: tests/integration/test_durable_queues.py
    test_messages_survive_a_localstack_that_is_killed
    """
    if Opened.store is not None and subscriber["Protocol"] == "sqs":
        notifier.publish(context=ctx, subscriber=subscriber)
    else:
        original(publisher, notifier, ctx, subscriber)


@deliver_to_queues_first.also(f"{PROVIDER}.publish")
@deliver_to_queues_first.also(f"{PROVIDER}.publish_batch")
def acknowledge_what_is_stored(original: Any, provider: Any, *args: Any, **kw: Any) -> Any:
    """Acknowledge nothing that a queue took and that can't be written."""
    result = original(provider, *args, **kw)
    commit()
    return result
