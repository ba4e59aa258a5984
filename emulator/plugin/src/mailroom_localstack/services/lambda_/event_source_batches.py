"""The batches of a queue that an event source mapping hands to its function."""

from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Iterator
from typing import Any

from mailroom_localstack.patches import patch
from mailroom_localstack.services.lambda_.packing import packed

LOG = logging.getLogger(__name__)
MAPPING = "localstack.services.lambda_.event_source_mapping"
# As many as AWS begins with. It adds more while messages wait; here MaximumConcurrency says so.
AT_FIRST = 5
LONG_POLL_SECONDS = 2
PAUSE_SECONDS = 0.2
LARGEST_PAYLOAD = 6_291_456
# Of a record beside what SQS answers: the source, its ARN, the region.
REST_OF_RECORD = 400
SLOWEST_RETRY_SECONDS = 5.0

type Message = dict[str, Any]


class Batches:
    """The batches of one mapping that are being processed."""

    # `throttled_until` is when the messages of the thread's batch are visible again.
    THREAD = threading.local()

    def __init__(self, poller: Any, maximum: int) -> None:
        self._poller = poller
        self._process = poller.handle_messages
        self._free = threading.Semaphore(maximum)

    def await_turn(self) -> bool:
        """Wait until another batch may be processed; False if that takes too long."""
        if free := self._free.acquire(timeout=LONG_POLL_SECONDS):
            self._free.release()  # this thread alone begins batches
        return free

    def gather(self) -> list[Message]:
        """Messages for a batch: those that are there, and those of the window after the first."""
        size, window = self._poller.batch_size, self._poller.maximum_batching_window
        found = self._receive(size, LONG_POLL_SECONDS)
        until = time.monotonic() + window
        while found and len(found) < size and (left := until - time.monotonic()) > 0:
            time.sleep(min(left, PAUSE_SECONDS))
            found += self._receive(size - len(found), 0)
        return found

    def begin(self, *batches: list[Message]) -> None:
        """Process batches, one after the other, in a thread of their own, as soon as one may be."""
        self._free.acquire()
        threading.Thread(target=self._run, args=batches, daemon=True).start()

    def _run(self, *batches: list[Message]) -> None:
        self.THREAD.throttled_until = time.monotonic() + self._visibility()
        try:
            for batch in batches:
                self._process(batch)
        except Exception as error:
            LOG.warning("Batch of %s failed: %s", self._poller.source_arn, error)
        finally:
            self._free.release()

    def _receive(self, most: int, wait: int) -> list[Message]:
        answer = self._poller.source_client.receive_message(
            QueueUrl=self._poller.queue_url,
            MaxNumberOfMessages=min(most, 10),
            WaitTimeSeconds=wait,
            MessageAttributeNames=["All"],
            MessageSystemAttributeNames=["All"],
            sqs_override_max_message_count=most,
        )
        found: list[Message] = answer.get("Messages", [])
        return found

    def _visibility(self) -> int:
        from localstack.services.sqs.models import sqs_stores

        _, _, _, region, account, name = self._poller.source_arn.split(":")
        queue = sqs_stores[account][region].queues.get(name)
        return int(queue.visibility_timeout) if queue else 0


@patch(f"{MAPPING}.esm_worker_factory:EsmWorkerFactory.get_esm_worker")
def process_batches_at_once(original: Any, factory: Any) -> Any:
    """Process several batches of a queue at once, up to MaximumConcurrency; five without it.

    LocalStack: processes one batch after the other; gathers for no batching window of up to 20 s,
    polls an empty queue every ten seconds, and splits no batch below 2,500 messages.

    AWS: has five batches processed at once, and more while messages wait, up to MaximumConcurrency;
    of a FIFO queue one for each message group. It gathers for the batching window or up to 6 MB,
    and polls for twenty seconds, so that a message is taken at once.
    https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html

    Test: tests/parity/test_event_source_batches.py
    test_batches_are_processed_at_once_up_to_the_maximum_concurrency
    """
    worker = original(factory)
    if worker.poller.event_source() == "aws:sqs":
        scaling = factory.esm_config.get("ScalingConfig") or {}
        batches = Batches(worker.poller, scaling.get("MaximumConcurrency") or AT_FIRST)
        worker.poller.batches = batches
    return worker


@process_batches_at_once.also(f"{MAPPING}.pollers.sqs_poller:SqsPoller.poll_events")
def poll_for_batches(original: Any, poller: Any) -> None:
    """Receive a batch when another one may be processed, and have it processed."""
    from localstack.services.lambda_.event_source_mapping.pollers import sqs_poller

    batches: Batches | None = vars(poller).get("batches")
    if batches is None:
        original(poller)
    elif batches.await_turn() and (messages := batches.gather()):
        if poller.is_fifo_queue:
            for group in sqs_poller.split_by_message_group_id(messages).values():
                batches.begin(*by_size(group))
        else:
            for part in by_size(messages):
                batches.begin(part)


@process_batches_at_once.also(f"{MAPPING}.senders.lambda_sender:LambdaSender.send_events")
def try_throttled_batches_again(original: Any, sender: Any, events: Any) -> Any:
    """Try a batch again that is throttled, until its messages are visible again, as AWS does."""
    from botocore.exceptions import ClientError

    until, pause = getattr(Batches.THREAD, "throttled_until", 0.0), 0.1
    while True:
        try:
            return original(sender, events)
        except ClientError as error:
            throttled = error.response["Error"]["Code"] == "TooManyRequestsException"
            if not throttled or time.monotonic() + pause > until:
                raise
        time.sleep(pause)
        pause = min(pause * 2, SLOWEST_RETRY_SECONDS)


def by_size(messages: list[Message]) -> Iterator[list[Message]]:
    """Parts of a batch, each within the 6 MB of an invocation's payload."""
    return packed(messages, _size, LARGEST_PAYLOAD)


def _size(message: Message) -> int:
    return len(json.dumps(message, default=str)) + REST_OF_RECORD
