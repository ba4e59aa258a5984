"""The memory of every process of an environment, over time."""

from collections import defaultdict
from contextlib import suppress

import psutil

from mailroom.environments.embedded.environment import EmbeddedEnvironment

_MIB = 1024 * 1024


class Memory:
    """Samples what each kind of process holds for itself, and compares the end with the start.

    A process by itself may be short-lived, so processes of one kind are taken together: the
    largest counts. Shared memory is left out, or Postgres would seem to grow by what it caches.
    """

    def __init__(self, embedded: EmbeddedEnvironment) -> None:
        self._embedded = embedded
        self._samples: dict[str, list[int]] = defaultdict(list)

    def sample(self) -> None:
        """Look once."""
        largest: dict[str, int] = defaultdict(int)
        for kind, process in self._processes():
            with suppress(psutil.Error):
                info = process.memory_info()
                largest[kind] = max(largest[kind], info.rss - getattr(info, "shared", 0))
        for kind, size in largest.items():
            self._samples[kind].append(size)

    @property
    def growth(self) -> float:
        """By what factor the kind that grew most has grown."""
        return max((end / start for start, end in self._ranges().values()), default=1.0)

    def __str__(self) -> str:
        return "memory: " + ", ".join(
            f"{kind} {start / _MIB:.0f} → {end / _MIB:.0f} MiB ({end / start:.2f}×)"
            for kind, (start, end) in self._ranges().items()
        )

    def _ranges(self) -> dict[str, tuple[float, float]]:
        """By kind, the middle of the first and of the last tenth of its samples."""
        ranges: dict[str, tuple[float, float]] = {}
        for kind, samples in self._samples.items():
            part = max(1, len(samples) // 10)
            first, last = sorted(samples[:part]), sorted(samples[-part:])
            ranges[kind] = (first[len(first) // 2] or 1, last[len(last) // 2])
        return ranges

    def _processes(self) -> list[tuple[str, psutil.Process]]:
        state = self._embedded.state
        found: list[tuple[str, psutil.Process]] = []
        for kind, record in (
            ("LocalStack", state.localstack if state else None),
            ("Postgres", state.postgres if state else None),
        ):
            with suppress(psutil.Error):
                if record:
                    process = psutil.Process(record.pid)
                    found.append((kind, process))
                    child = "functions" if kind == "LocalStack" else "Postgres's sessions"
                    found += [(child, one) for one in process.children()]
        return found
