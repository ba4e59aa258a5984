"""Batches of what a request takes at most."""

import math
from collections.abc import Callable, Iterable, Iterator


def packed[T](
    items: Iterable[T], size: Callable[[T], int], largest: int, most: float = math.inf
) -> Iterator[list[T]]:
    """Items in their order, as many together as have this size, and are this many, at most.

    An item that is larger is alone.
    """
    batch: list[T] = []
    total = 0
    for item in items:
        needed = size(item)
        if batch and (total + needed > largest or len(batch) == most):
            yield batch
            batch, total = [], 0
        batch.append(item)
        total += needed
    if batch:
        yield batch
