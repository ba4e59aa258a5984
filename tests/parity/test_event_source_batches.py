"""Lambda: the batches that an event source mapping makes of a queue's messages."""

import json
from typing import Any

import pytest

from tests.parity.made.functions import Functions
from tests.parity.made.queues import Queue, Queues

GUIDE = "https://docs.aws.amazon.com/lambda/latest/dg"
SCALING = f"{GUIDE}/services-sqs-scaling.html"
# Tells that it has begun, and ends when it is told to.
WAITS = """
    import json, os, boto3

    def handler(event, context):
        sqs = boto3.client("sqs")
        body = json.dumps([record["body"][:9] for record in event["Records"]])
        sqs.send_message(QueueUrl=os.environ["BEGUN"], MessageBody=body)
        end = {}
        while "Messages" not in end:
            end = sqs.receive_message(QueueUrl=os.environ["END"], WaitTimeSeconds=20)
        for message in end["Messages"]:
            handle = message["ReceiptHandle"]
            sqs.delete_message(QueueUrl=os.environ["END"], ReceiptHandle=handle)
"""


class Source:
    """A queue whose batches invoke a function; each invocation waits until it may end."""

    def __init__(self, queues: Queues, functions: Functions) -> None:
        self._queues, self._functions = queues, functions
        self._begun, self._end = queues.make(), queues.make()

    def connect(self, queue: Queue, reserved: int | None = None, **mapping: Any) -> None:
        """Have the queue's messages invoke the function from now on."""
        variables = {"BEGUN": self._begun.url, "END": self._end.url}
        made = self._functions.make(WAITS, Timeout=30, Environment={"Variables": variables})
        if reserved:
            self._functions.client.put_function_concurrency(
                FunctionName=made.name, ReservedConcurrentExecutions=reserved
            )
        self._functions.connect(made, queue.arn, **mapping)

    def begun(self, count: int) -> list[list[str]]:
        """The batches of as many invocations as have begun and were not told of yet."""
        return [json.loads(one["Body"]) for one in self._begun.collect(count)]

    def begun_at_once(self) -> list[Any]:
        """Those that have begun in the last second."""
        return self._begun.receive(WaitTimeSeconds=1)

    def end(self, count: int) -> None:
        """Let so many invocations end."""
        for _ in range(count):
            self._end.send("end")


@pytest.fixture
def source(queues: Queues, functions: Functions) -> Source:
    """Makes a queue's function."""
    return Source(queues, functions)


@pytest.mark.behaviour(SCALING)
def test_batches_are_processed_at_once_up_to_the_maximum_concurrency(
    source: Source, queues: Queues
) -> None:
    queue = queues.make(VisibilityTimeout=180)
    queue.send_all("1", "2", "3", "4")

    source.connect(queue, BatchSize=1, ScalingConfig={"MaximumConcurrency": 3})

    assert len(source.begun(3)) == 3
    assert source.begun_at_once() == []
    source.end(1)
    assert len(source.begun(1)) == 1
    source.end(3)


@pytest.mark.behaviour(SCALING)
def test_five_batches_are_processed_at_once_where_no_maximum_is_set(
    source: Source, queues: Queues
) -> None:
    queue = queues.make(VisibilityTimeout=180)
    queue.send_all("1", "2", "3", "4", "5")

    source.connect(queue, BatchSize=1)

    assert len(source.begun(5)) == 5
    source.end(5)


@pytest.mark.behaviour(SCALING)
def test_of_a_fifo_queue_each_message_group_is_processed_by_itself_and_in_order(
    source: Source, queues: Queues
) -> None:
    queue = queues.make(FifoQueue="true", VisibilityTimeout=180)
    for body, group in (("a1", "a"), ("a2", "a"), ("b1", "b")):
        queue.sqs.send_message(
            QueueUrl=queue.url, MessageBody=body, MessageGroupId=group, MessageDeduplicationId=body
        )

    source.connect(queue, BatchSize=1)

    assert sorted(source.begun(2)) == [["a1"], ["b1"]]
    assert source.begun_at_once() == []
    source.end(2)
    assert source.begun(1) == [["a2"]]
    source.end(1)


@pytest.mark.behaviour(f"{GUIDE}/invocation-eventsourcemapping.html")
def test_a_batch_is_gathered_for_its_window(source: Source, queues: Queues) -> None:
    queue = queues.make(VisibilityTimeout=180)
    source.connect(queue, BatchSize=20, MaximumBatchingWindowInSeconds=4)
    first = [f"{n}" for n in range(10)]
    queue.send_all(*first)

    queue.send_all("more")

    batches = source.begun(1)
    assert sorted(batches[0]) == sorted([*first, "more"])
    source.end(1)


@pytest.mark.behaviour(f"{GUIDE}/invocation-eventsourcemapping.html")
def test_a_batch_is_no_larger_than_an_invocation_takes(source: Source, queues: Queues) -> None:
    queue = queues.make(VisibilityTimeout=180)
    large = "x" * 200_000
    for n in range(33):
        queue.send(f"{n:09}{large}")

    source.connect(queue, BatchSize=1000, MaximumBatchingWindowInSeconds=2)

    batches = source.begun(2)
    source.end(2)
    while len(told := [one for batch in batches for one in batch]) < 33:
        batches += source.begun(1)
        source.end(1)
    assert sorted(told) == [f"{n:09}" for n in range(33)]
    assert all(len(batch) * len(large) < 6_291_456 for batch in batches)


@pytest.mark.behaviour(f"{GUIDE}/services-sqs-errorhandling.html")
def test_a_batch_that_is_throttled_is_tried_again_before_its_messages_are_visible(
    source: Source, queues: Queues
) -> None:
    queue = queues.make(VisibilityTimeout=180)
    queue.send_all("1", "2")

    source.connect(queue, reserved=1, BatchSize=1)

    assert len(source.begun(1)) == 1
    assert source.begun_at_once() == []
    source.end(1)
    assert len(source.begun(1)) == 1
    source.end(1)
