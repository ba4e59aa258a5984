"""When Python collects garbage while LocalStack starts."""

import gc
import threading

from mailroom_localstack.patches import on_load

# A first deployment takes about three.
SECONDS_WITHOUT_COLLECTION = 10


@on_load()
def collect_garbage_later() -> None:
    """Collect no garbage until the services are loaded: what is imported is none.

    LocalStack: lets Python look through all objects again and again while it imports.

    Saves: @@gc@@

    Test: tests/faults/test_memory.py::test_executions_leave_little_memory_behind
    """
    gc.disable()
    timer = threading.Timer(SECONDS_WITHOUT_COLLECTION, collect_seldom)
    timer.daemon = True
    timer.start()


def collect_seldom() -> None:
    """Exempt what was imported until now, and collect less often than Python's default."""
    gc.freeze()
    gc.enable()
    gc.set_threshold(100_000, 20, 20)
