"""Messages that SQS or SNS acknowledged survive a LocalStack that is killed with -9.

Each test makes queues of its own, kills LocalStack once, and makes the queues again, as `up` does.
"""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.support.durable_engine import DurableEngine, durable_engine
from tests.support.flow import until


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DurableEngine]:
    with durable_engine(tmp_path_factory.mktemp("durable")) as engine:
        yield engine


def test_messages_survive_a_localstack_that_is_killed(engine: DurableEngine) -> None:
    url = engine.queue("plain")
    binary, large = os.urandom(100), "ß" * 100_000
    sent = engine.sqs.send_message(
        QueueUrl=url,
        MessageBody=large,
        MessageAttributes={
            "type": {"DataType": "String", "StringValue": "alert"},
            "bytes": {"DataType": "Binary", "BinaryValue": binary},
        },
        MessageSystemAttributes={
            "AWSTraceHeader": {"DataType": "String", "StringValue": "Root=1-2-3"}
        },
    )

    engine.restart()
    [message] = engine.receive(engine.queue("plain"))

    assert (message["MessageId"], message["Body"]) == (sent["MessageId"], large)
    assert message["MessageAttributes"]["bytes"]["BinaryValue"] == binary
    assert message["MessageAttributes"]["type"]["StringValue"] == "alert"
    assert message["MD5OfMessageAttributes"] == sent["MD5OfMessageAttributes"]
    assert message["Attributes"]["AWSTraceHeader"] == "Root=1-2-3"
    assert message["Attributes"]["ApproximateReceiveCount"] == "1"


def test_what_a_topic_acknowledged_is_in_its_queues(engine: DurableEngine) -> None:
    sns = engine.session.client("sns")
    topic = sns.create_topic(Name="durable")["TopicArn"]
    names = ["first", "second"]
    for name in names:
        arn = engine.attributes(engine.queue(name))["QueueArn"]
        sns.subscribe(
            TopicArn=topic,
            Protocol="sqs",
            Endpoint=arn,
            Attributes={"RawMessageDelivery": "true"},
        )
    bodies = [str(number) for number in range(10)]
    sns.publish_batch(
        TopicArn=topic,
        PublishBatchRequestEntries=[{"Id": body, "Message": body} for body in bodies],
    )

    engine.restart()

    for name in names:
        assert sorted(engine.bodies(engine.queue(name))) == bodies


def test_a_message_in_flight_comes_again_when_its_timeout_ends(engine: DurableEngine) -> None:
    url = engine.queue("flying")
    engine.sqs.send_message(QueueUrl=url, MessageBody="stays away")
    engine.receive(url, visibility=600)
    engine.sqs.send_message(QueueUrl=url, MessageBody="comes again")
    [first] = engine.receive(url, visibility=600)
    engine.sqs.change_message_visibility(
        QueueUrl=url, ReceiptHandle=first["ReceiptHandle"], VisibilityTimeout=8
    )
    _is_written(engine)

    engine.restart()
    url = engine.queue("flying")
    before = engine.attributes(url)
    [again] = engine.receive(url, wait=20)

    assert before["ApproximateNumberOfMessagesNotVisible"] in ("1", "2")
    assert again["Body"] == "comes again"
    assert again["Attributes"]["ApproximateReceiveCount"] == "2"
    first_received = first["Attributes"]["ApproximateFirstReceiveTimestamp"]
    assert again["Attributes"]["ApproximateFirstReceiveTimestamp"] == first_received
    assert engine.attributes(url)["ApproximateNumberOfMessagesNotVisible"] == "2"


def test_a_receipt_handle_of_before_deletes_its_message(engine: DurableEngine) -> None:
    url = engine.queue("handled")
    engine.sqs.send_message(QueueUrl=url, MessageBody="done")
    [received] = engine.receive(url)
    _is_written(engine)

    engine.restart()
    url = engine.queue("handled")
    engine.sqs.delete_message(QueueUrl=url, ReceiptHandle=received["ReceiptHandle"])

    assert engine.attributes(url)["ApproximateNumberOfMessagesNotVisible"] == "0"


def test_a_delayed_message_comes_when_it_is_due(engine: DurableEngine) -> None:
    url = engine.queue("delayed")
    engine.sqs.send_message(QueueUrl=url, MessageBody="soon", DelaySeconds=8)
    engine.sqs.send_message(QueueUrl=url, MessageBody="later", DelaySeconds=900)

    engine.restart()
    url = engine.queue("delayed")

    assert engine.bodies(url, wait=20) == ["soon"]
    assert engine.attributes(url)["ApproximateNumberOfMessagesDelayed"] == "1"


def test_what_was_deleted_or_purged_stays_away(engine: DurableEngine) -> None:
    deleted, purged, ended = (engine.queue(name) for name in ("deleted", "purged", "ended"))
    for url in (deleted, purged, ended):
        engine.sqs.send_message(QueueUrl=url, MessageBody="gone")
    [message] = engine.receive(deleted)
    engine.sqs.delete_message(QueueUrl=deleted, ReceiptHandle=message["ReceiptHandle"])
    engine.sqs.purge_queue(QueueUrl=purged)
    engine.sqs.send_message(QueueUrl=purged, MessageBody="after the purge")
    engine.sqs.delete_queue(QueueUrl=ended)
    _is_written(engine)

    engine.restart()

    assert engine.bodies(engine.queue("deleted")) == []
    assert engine.bodies(engine.queue("purged")) == ["after the purge"]
    assert engine.bodies(engine.queue("ended")) == []


def test_receives_are_counted_on_until_a_message_is_dead(engine: DurableEngine) -> None:
    policy = engine.dead_letter_queue("dead", receives=2)
    url = engine.queue("dying", **policy)
    sent = engine.sqs.send_message(QueueUrl=url, MessageBody="poison")
    engine.receive(url, visibility=0)
    _is_written(engine)

    engine.restart()
    policy = engine.dead_letter_queue("dead", receives=2)
    url = engine.queue("dying", **policy)
    assert engine.bodies(url, visibility=0) == ["poison"]
    assert engine.bodies(url) == []
    _is_written(engine)
    engine.restart()
    policy = engine.dead_letter_queue("dead", receives=2)
    url, dead = engine.queue("dying", **policy), engine.queue("dead")
    arns = [engine.attributes(one)["QueueArn"] for one in (dead, url)]

    assert engine.bodies(url) == []
    [letter] = engine.receive(dead, visibility=0)
    assert letter["MessageId"] == sent["MessageId"]
    assert letter["Attributes"]["DeadLetterQueueSourceArn"] == arns[1]
    engine.sqs.start_message_move_task(SourceArn=arns[0])
    assert engine.bodies(url, wait=20) == ["poison"]
    assert engine.bodies(dead) == []


def test_a_fifo_queue_keeps_order_groups_and_deduplication(engine: DurableEngine) -> None:
    def send(body: str, group: str) -> str:
        sent = engine.sqs.send_message(
            QueueUrl=url, MessageBody=body, MessageGroupId=group, MessageDeduplicationId=body
        )
        return str(sent["SequenceNumber"])

    url = engine.queue("orders.fifo", FifoQueue="true")
    send("done", "one")
    [done] = engine.receive(url)
    engine.sqs.delete_message(QueueUrl=url, ReceiptHandle=done["ReceiptHandle"])
    last = [send(body, "one") for body in ("a", "b", "c")][-1]
    [received] = engine.sqs.receive_message(QueueUrl=url, VisibilityTimeout=600)["Messages"]
    assert received["Body"] == "a"
    send("d", "two")
    _is_written(engine)

    engine.restart()
    url = engine.queue("orders.fifo", FifoQueue="true")
    send("done", "one")
    send("b", "one")
    assert send("e", "two") > last

    assert engine.bodies(url) == ["d", "e"]
    engine.sqs.delete_message(QueueUrl=url, ReceiptHandle=received["ReceiptHandle"])
    assert engine.bodies(url) == ["b", "c"]


def test_without_durability_nothing_is_written_or_comes_again(tmp_path: Path) -> None:
    with durable_engine(tmp_path, durability="off") as engine:
        engine.sqs.send_message(QueueUrl=engine.queue("volatile"), MessageBody="gone")
        engine.restart()

        assert engine.bodies(engine.queue("volatile")) == []
    assert not list(tmp_path.rglob("*.db"))


def test_the_file_of_messages_is_readable_by_its_owner_alone(engine: DurableEngine) -> None:
    url = engine.queue("private")
    engine.sqs.send_message(QueueUrl=url, MessageBody="private")

    state = Path(engine.server.settings()["MAILROOM_DURABLE_FOLDER"])

    assert state.stat().st_mode & 0o077 == 0
    files = list(state.iterdir())
    assert len(files) == 3
    assert not any(file.stat().st_mode & 0o077 for file in files)


def _is_written(engine: DurableEngine) -> None:
    """Wait for what SQS writes a moment later: the receive of another message is written with it,
    or after it."""
    url = engine.queue("later")
    sent = engine.sqs.send_message(QueueUrl=url, MessageBody="later")
    until(
        lambda: sent["MessageId"] in [one["MessageId"] for one in engine.receive(url)],
        "the later message",
    )
    file = Path(engine.server.settings()["MAILROOM_DURABLE_FOLDER"]) / "localstack.db"
    received = "SELECT receive_count FROM messages WHERE message LIKE ?"
    with closing(sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True)) as database:
        until(
            lambda: database.execute(received, (f"%{sent['MessageId']}%",)).fetchone() == (1,),
            "the receive in the file",
        )
