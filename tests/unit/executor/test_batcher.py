"""Items are delivered in batches, in order, and none is left behind at the end."""

import threading

from mailroom_localstack.batcher import Batcher


def test_items_are_delivered_together_and_in_order() -> None:
    batches: list[list[int]] = []
    batcher = Batcher(batches.append, seconds=60)

    for number in range(5):
        batcher.add(number)
    batcher.close()

    assert batches == [[0, 1, 2, 3, 4]]


def test_items_are_delivered_without_being_asked_for() -> None:
    delivered = threading.Event()
    batcher: Batcher[int] = Batcher(lambda _: delivered.set(), seconds=0)

    batcher.add(1)

    assert delivered.wait(10)


def test_a_batch_that_fails_costs_no_other() -> None:
    batches: list[list[str]] = []

    def deliver(batch: list[str]) -> None:
        if "bad" in batch:
            raise ValueError
        batches.append(batch)

    batcher = Batcher(deliver, seconds=0)
    batcher.add("bad")
    batcher.close()
    batcher.add("good")
    batcher.close()

    assert batches == [["good"]]
