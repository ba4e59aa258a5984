"""A batch that does not settle within its limit fails its execution by name; nothing is lost."""

import json
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

from tests.support.dead_letters import outcomes
from tests.support.events import notification
from tests.support.flow import Flow


def test_a_batch_that_is_late_fails_by_name_and_the_next_execution_ingests_it(
    hasty_flow: Flow,
) -> None:
    flow, batch = hasty_flow, f"test-{uuid.uuid4()}"
    events = [notification() for _ in range(3)]
    flow.publish(json.dumps(events[0]), type="notification", batch_id=batch)
    flow.work_until(lambda: bool(flow.ingested(events)), "one message of the batch")

    with delivery_takes(flow, "NotificationQueue", seconds=6):
        ended = flow.run({"messages": events}, name=batch)

    assert (ended.status, ended.error) == ("FAILED", "BatchNotSettled")
    assert f"Batch {batch} published 3 notifications and 1 settled" in ended.cause
    assert flow.ingested(events) == events[:1]
    flow.work_until(lambda: len(flow.ingested(events)) == 3, "what was late")
    assert outcomes(flow.database, batch) == {event["id"]: ["ingested"] for event in events}


@contextmanager
def delivery_takes(flow: Flow, queue: str, seconds: int) -> Iterator[None]:
    sqs, url = flow.environment.session.client("sqs"), flow.environment.outputs[f"{queue}Url"]
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"DelaySeconds": str(seconds)})
    try:
        yield
    finally:
        sqs.set_queue_attributes(QueueUrl=url, Attributes={"DelaySeconds": "0"})
