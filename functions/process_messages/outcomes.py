"""What becomes of the messages of one transaction."""

from dataclasses import dataclass, field

from messages.problems import Reason
from process_messages.reading import Entry, Letter

INGESTED = "ingested"
ALREADY_THERE = "already_there"
DEAD_LETTERED = "dead_lettered"


@dataclass(frozen=True)
class Settled:
    """One row of settlements: a batch, what identifies a content in it, and how it ended."""

    batch_id: str
    source: str
    id: str
    digest: str
    outcome: str


@dataclass
class Outcomes:
    """The entries that are done, each with its outcome, and the letters."""

    done: list[tuple[Entry, str]] = field(default_factory=list)
    letters: list[Letter] = field(default_factory=list)

    def add(self, other: "Outcomes") -> None:
        """Add what became of other messages."""
        self.done += other.done
        self.letters += other.letters

    def settlements(self) -> list[Settled]:
        """Return one row for each content of each batch; of several outcomes the best."""
        rows: dict[tuple[str, str, str, str], Settled] = {}
        for wanted in (INGESTED, ALREADY_THERE, DEAD_LETTERED):
            for row in self._rows():
                if row.outcome == wanted:
                    rows.setdefault((row.batch_id, row.source, row.id, row.digest), row)
        return list(rows.values())

    def _rows(self) -> list[Settled]:
        rows: list[Settled] = []
        for entry, outcome in self.done:
            if batch_id := entry.received.batch_id:
                rows.append(Settled(batch_id, *entry.key, entry.digest, outcome))
        for one in self.letters:
            batch_id = one.received.batch_id
            # A message in the wrong queue is another queue's to settle.
            mine = one.reason is not Reason.WRONG_TYPE
            if batch_id and mine and one.source and one.event_id and one.digest:
                rows.append(Settled(batch_id, one.source, one.event_id, one.digest, DEAD_LETTERED))
        return rows
