"""Consumers receive in turn, and not while others may complete the batch."""

from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace

from process_messages.received import Attribute, Received
from process_messages.settlement import Progress, Settlement
from shared.context import Deadline

_BATCH = "b-1"
_UNSETTLED = Settlement(2, 0, 0, 0, 0, overdue=False)


def _messages(number: int, batch: str = _BATCH) -> list[Received]:
    attributes = {"batch_id": Attribute("String", batch)}
    return [Received(str(n), str(n), "{}", attributes, 1) for n in range(number)]


def _in_time() -> Deadline:
    return Deadline(30)


def _waits(progress: Progress, threads: ThreadPoolExecutor) -> Future[bool]:
    future = threads.submit(progress.await_turn, _in_time())
    assert not progress.await_turn(Deadline(0.05))
    assert not future.done()
    return future


def test_one_consumer_receives_at_a_time() -> None:
    progress = Progress(_BATCH, _UNSETTLED)
    with ThreadPoolExecutor() as threads:
        assert progress.await_turn(_in_time())
        second = _waits(progress, threads)

        progress.take(_messages(1))

        assert second.result(timeout=5)


def test_no_consumer_receives_while_others_have_the_rest_of_the_batch_and_all_end_with_it() -> None:
    progress = Progress(_BATCH, _UNSETTLED)
    with ThreadPoolExecutor() as threads:
        assert progress.await_turn(_in_time())
        progress.take(_messages(2))
        waiting = _waits(progress, threads)

        progress.count(lambda: replace(_UNSETTLED, settled=2, ingested=2))

        assert waiting.result(timeout=5) is False


def test_what_was_given_back_is_received_again() -> None:
    progress = Progress(_BATCH, _UNSETTLED)
    with ThreadPoolExecutor() as threads:
        assert progress.await_turn(_in_time())
        progress.take(_messages(2))
        waiting = _waits(progress, threads)

        progress.release(_messages(2))

        assert waiting.result(timeout=5)


def test_messages_of_other_batches_keep_no_consumer_waiting() -> None:
    progress = Progress(_BATCH, _UNSETTLED)
    assert progress.await_turn(_in_time())

    progress.take(_messages(10, "b-2"))

    assert progress.await_turn(_in_time())


def test_a_failure_ends_those_that_wait() -> None:
    progress = Progress(_BATCH, _UNSETTLED)
    with ThreadPoolExecutor() as threads:
        assert progress.await_turn(_in_time())
        waiting = _waits(progress, threads)

        progress.fail(ValueError("no"))

        assert waiting.result(timeout=5) is False
