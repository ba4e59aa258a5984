"""The order of S3's events."""

from __future__ import annotations

import json
import threading
import time
from typing import Any

from mailroom_localstack.patches import patch

NOTIFICATIONS = "localstack.services.s3.notifications"
SEQUENCER = "mailroom_sequencer"


@patch(f"{NOTIFICATIONS}:BaseNotifier._get_event_payload")
def order_events(original: Any, context: Any, *args: Any, **named: Any) -> Any:
    """Give each event a sequencer that is greater than those of the events before it.

    LocalStack: gives all events one constant.

    AWS: has a hexadecimal number by which the events of a key can be ordered.
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html

    Test: tests/parity/test_buckets.py::test_the_sequencer_of_a_bucket_s_events_grows
    """
    events = original(context, *args, **named)
    for record in events["Records"]:
        _number(record["s3"]["object"], context)
    return events


@order_events.also(f"{NOTIFICATIONS}:EventBridgeNotifier._get_event_payload")
def order_events_of_event_bridge(original: Any, context: Any, *args: Any, **named: Any) -> Any:
    """Give it to the events of EventBridge, too."""
    entry = original(context, *args, **named)
    detail = json.loads(entry["Detail"])
    _number(detail["object"], context)
    return {**entry, "Detail": json.dumps(detail)}


def _number(target: dict[str, Any], context: Any) -> None:
    """Set the event's number; one event has the same for all who are notified."""
    if "sequencer" not in target:
        return
    with _lock:
        number = getattr(context, SEQUENCER, None)
        if number is None:
            _last[0] = number = max(time.time_ns(), _last[0] + 1)
            setattr(context, SEQUENCER, number)
    target["sequencer"] = f"{number:018X}"


_lock = threading.Lock()
_last = [0]
