"""LocalStack's events as steps of a message's way."""

import json

from mailroom.observation.events import Event
from mailroom.tracing.names import Names
from mailroom.tracing.steps import Step

_NO_ATTRIBUTES = (
    " (the message has no attributes, and a filter on attributes matches only messages that have)"
)


def step_of(event: Event, names: Names) -> Step:
    """What happened to a message at a topic or in a queue."""
    of, kind = names.of, event["kind"]
    where = event.get("queue") or event.get("topic") or event.get("to")
    by = "the caller" if event.get("source") == "client" else of(event.get("source"))
    about = {name: event[name] for name in ("message_id", "trace") if event.get(name)}
    queue = of(where)
    failed = False
    match kind:
        case "publish":
            text, step = f"published to {of(event['topic'])} by {by}", "published"
            about["attributes"] = event["attributes"]
        case "send" if names.is_dead_letter_queue(event["queue"]):
            why = ": ".join(
                event["attributes"][name]
                for name in ("reason", "detail")
                if name in event["attributes"]
            )
            text, step, failed = f"sent to {queue} by {by}: {why}", "dead", True
        case "send":
            text, step = f"sent to {queue} by {by}", "delivered"
        case "receive":
            times = _times(event["receive_count"])
            text, step = f"received from {queue} by {by}, {times}", "received"
        case "delete":
            text, step = f"deleted from {queue} by {by}", "deleted"
        case "dead" if event["queue"]:
            count = event["receive_count"]
            text = f"moved from {queue} to {of(event['to'])} after {count} receives"
            step, failed = "dead", True
        case "dead":
            text, step = f"sent to {of(event['to'])} by SNS, as no delivery succeeded", "dead"
            failed, where = True, event["to"]
        case _:
            text, step = f"sent back to {of(event['to'])}", "redriven"
    return Step(
        event["at"],
        step,
        text,
        failed,
        where,
        "events",
        event.get("invocation"),
        source if (source := event.get("source") or "").startswith("arn:aws:lambda:") else None,
        about,
    )


def delivery_of(event: Event, names: Names, *, bare: bool) -> Step:
    """A delivery of SNS, or why there was none.

    Args:
        event: The event.
        names: What the queues are called.
        bare: Whether the message has no attributes.
    """
    to, name = event["to"], names.of(event["to"])
    about = {"message_id": event["message_id"], "queue_message_id": event["queue_message_id"]}
    if not event["matched"]:
        text = f"not delivered to {name}: its filter is {json.dumps(event['policy'])}"
        text += _NO_ATTRIBUTES if bare else ""
        about["policy"] = event["policy"]
        return Step(event["at"], "not-delivered", text, False, to, "events", details=about)
    if event["queue_message_id"] is None and event.get("error"):
        text = f"{name} did not take it: {event['error']}"
        about["statement"] = event["statement"]
        return Step(event["at"], "refused", text, True, to, "events", details=about)
    unrouted = names.is_unrouted_queue(to)
    text = f"delivered to {name}" + (": no other queue takes its type" if unrouted else "")
    return Step(event["at"], "delivered", text, unrouted, to, "events", details=about)


def refusal_of(event: Event, names: Names) -> Step:
    """A call that was refused."""
    caller = event["caller"] if event["source"] == "client" else event["source"]
    who = names.of(caller) if caller else "the event source mapping"
    what = f"{event['service']}:{event['operation']}"
    text = f"{what} of {who} was refused: {event['message'] or event['error']}"
    return Step(
        event["at"],
        "refused",
        text,
        True,
        event["resource"],
        "events",
        event["invocation"],
        details={"statement": event["statement"], "error": event["error"]},
    )


def _times(count: int | None) -> str:
    return f"for the {count}. time" if count and count > 1 else "for the first time"
