"""What is sent to queues, received from them, deleted, and moved to dead-letter queues."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from mailroom_localstack.observation.counters import COUNTERS
from mailroom_localstack.observation.current import CURRENT
from mailroom_localstack.observation.observed_call import Call, queue_arn, queued_ids
from mailroom_localstack.observation.text import decoded_receipt, digest_of, event_of, texts


def record_sends(call: Call, params: Any, result: Any) -> None:
    queue = queue_arn(call.context, params["QueueUrl"])
    entries = params.get("Entries", [params])
    sent = [(id_, one) for id_, one in zip(queued_ids(params, result), entries, strict=True) if id_]
    COUNTERS.add("send", call.source, queue, len(sent))
    about = {"kind": "send", "queue": queue, **call.about()}
    call.add(
        lambda: [
            {
                **about,
                "message_id": id_,
                "event": event_of(one.get("MessageBody")),
                "digest": digest_of(one.get("MessageBody")),
                "attributes": texts(one.get("MessageAttributes")),
            }
            for id_, one in sent
        ],
        len(sent),
        sum(len(one.get("MessageBody") or "") for _, one in sent),
    )


def record_receives(call: Call, params: Any) -> int:
    received, CURRENT.received = CURRENT.received or (), None
    queue = queue_arn(call.context, params["QueueUrl"])
    found = [(one.message["MessageId"], one.receive_count) for kind, one in received if not kind]
    dead = [(one.message["MessageId"], one.receive_count - 1, to) for to, one in received if to]
    if found:
        COUNTERS.add("receive", queue, call.source, len(found))
        about = {"kind": "receive", "queue": queue, "by": call.source, **call.about()}
        call.add(
            lambda: [{**about, "message_id": id_, "receive_count": n} for id_, n in found],
            len(found),
        )
    for _, _, to in dead:
        COUNTERS.add("dead", queue, to)
    if dead:
        call.add(
            lambda: [
                {
                    "kind": "dead",
                    "queue": queue,
                    "to": to,
                    "message_id": id_,
                    "queue_message_id": id_,
                    "receive_count": count,
                }
                for id_, count, to in dead
            ],
            len(dead),
        )
    return len(found) + len(dead)


def record_deletions(call: Call, params: Any, result: Any) -> None:
    queue = queue_arn(call.context, params["QueueUrl"])
    entries: Iterable[Any] = params.get("Entries", [params])
    failed = {one["Id"] for one in result.get("Failed") or ()}
    receipts = [one["ReceiptHandle"] for one in entries if one.get("Id") not in failed]
    COUNTERS.add("delete", queue, call.source, len(receipts))
    about = {"kind": "delete", "queue": queue, "by": call.source, **call.about()}
    call.add(
        lambda: [{**about, "message_id": decoded_receipt(one)} for one in receipts],
        len(receipts),
    )
