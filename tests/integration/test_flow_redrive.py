"""A dead letter whose cause was fixed goes back to its queue, and is resolved once ingested."""

from tests.support.dead_letters import DeadLetter, dead_letters, outcomes
from tests.support.events import notification
from tests.support.flow import Flow, until
from tests.support.poison import poison_for_notifications


def test_a_dead_letter_that_succeeds_after_its_redrive_is_resolved(events_flow: Flow) -> None:
    flow, wrong = events_flow, notification(title="wrong")
    right = {**wrong, "data": {"recipient": "ada", "title": "right"}}
    flow.send([wrong])
    batch = flow.send([right])["batchId"]
    dead = letter(flow, right["id"])
    flow.database.execute("DELETE FROM messages WHERE id = %s", [wrong["id"]])

    redrive(flow, "Notification")

    until(lambda: letter(flow, right["id"]).resolved, "the dead letter to be resolved")
    assert (dead.reason, dead.resolved) == ("conflicting_duplicate", False)
    assert flow.ingested([right]) == [right]
    assert outcomes(flow.database, batch) == {right["id"]: ["ingested"]}
    assert flow.queued("NotificationDeadLetterQueue", dead.body.decode()) == []


def test_poison_that_is_redriven_is_dead_lettered_again(events_flow: Flow) -> None:
    flow, body = events_flow, poison_for_notifications()["invalid_message"]
    flow.put("NotificationQueue", body, type="notification")
    until(lambda: [row.sent for row in dead_letters(flow.database, body)] == [True], "its death")

    redrive(flow, "Notification")

    until(lambda: [row.sent for row in dead_letters(flow.database, body)] == [True] * 2, "another")
    [message] = flow.queued("NotificationDeadLetterQueue", body)
    assert message["attributes"]["reason"] == "invalid_message"
    assert message["attributes"]["type"] == "notification"
    assert not any(row.resolved for row in dead_letters(flow.database, body))


def redrive(flow: Flow, kind: str) -> None:
    """Start to move all dead letters of a type back to its queue.

    Mailroom sends dead letters itself, so SQS does not know where they came from: it must be told.
    """
    flow.environment.session.client("sqs").start_message_move_task(
        SourceArn=arn(flow, f"{kind}DeadLetterQueue"), DestinationArn=arn(flow, f"{kind}Queue")
    )


def arn(flow: Flow, queue: str) -> str:
    url = flow.environment.outputs[f"{queue}Url"]
    return flow.environment.session.client("sqs").get_queue_attributes(
        QueueUrl=url, AttributeNames=["QueueArn"]
    )["Attributes"]["QueueArn"]


def letter(flow: Flow, event_id: str) -> DeadLetter:
    """The one dead letter of an event."""
    [(body,)] = flow.database.execute(
        "SELECT body FROM dead_letters WHERE event_id = %s", [event_id]
    ).fetchall()
    [found] = dead_letters(flow.database, bytes(body).decode())
    return found
