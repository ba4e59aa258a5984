"""What the walk came to, as docs/parity.md tells it."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass

from mailroom.project import Project


@dataclass(frozen=True)
class Unenforced:
    """Constraints of one shape that aren't enforced, and why."""

    service: str
    shape: str
    kind: str
    reason: str
    count: int


@dataclass(frozen=True)
class Report:
    """What the walk came to.

    Attributes:
        enforced: how many constraints of each service are enforced.
        unenforced: those that aren't.
        without: why constraints have no value, or no request, that breaks them, and how many.
    """

    enforced: dict[str, int]
    unenforced: list[Unenforced]
    without: dict[str, int]

    def of(self, service: str) -> int:
        """How many constraints of a service a request can break."""
        missing = sum(one.count for one in self.unenforced if one.service == service)
        return self.enforced.get(service, 0) + missing

    @property
    def total(self) -> int:
        """How many a request can break."""
        return sum(map(self.of, self.enforced))

    @property
    def share(self) -> float:
        """How much of them is enforced, from 0 to 1."""
        return sum(self.enforced.values()) / self.total

    def render(self) -> str:
        """The section of docs/parity.md."""
        return "\n".join(self._lines())

    def _lines(self) -> Iterator[str]:
        yield "## Constraints of the service models\n"
        yield (
            "For each constraint of the ten services' models (botocore's, as LocalStack has them)"
            " a test writes one value on each side of it into a request: min, max, pattern, enum,"
            " required.\n"
        )
        yield (
            f"**{sum(self.enforced.values()):,} of {self.total:,} are enforced"
            f" ({self.share * 100:.1f} in a hundred).**\n"
        )
        yield "| service | enforced | of |\n|---|---|---|"
        yield from (
            f"| {name} | {count:,} | {self.of(name):,} |" for name, count in self.enforced.items()
        )
        yield "\nNot enforced, with the reason:\n"
        for one in self.unenforced:
            times = f" ({one.count} times)" if one.count > 1 else ""
            yield f"- `{one.service}` {one.shape}, {one.kind}{times}: {one.reason}"
        yield "\nNot counted, as no request breaks them:\n"
        yield from (f"- {count}: {reason}" for reason, count in self.without.items())
        yield ""


def take(project: Project) -> Report:
    """Walk, in the engine's interpreter; half a minute."""
    done = subprocess.run(
        [project.interpreter("engine"), "-m", "tests.support.constraints.walk"],
        cwd=project.root,
        capture_output=True,
        text=True,
        check=True,
    )
    read = json.loads(done.stdout)
    return Report(
        read["enforced"], [Unenforced(*row) for row in read["unenforced"]], read["without"]
    )
