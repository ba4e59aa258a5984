"""A snapshot's manifest.

A snapshot is a folder in the environment's state, which `reset` leaves: the manifest, LocalStack's
durable folder, and the data of Postgres's cluster.
"""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from mailroom.wording import first_line

MANIFEST = "manifest.json"


@dataclass(frozen=True)
class Snapshot:
    """A snapshot's manifest.

    Attributes:
        name: Its name.
        created: When it was made, in ISO 8601.
        mailroom: The version of Mailroom that made it.
        parameters: The template parameters that `up` remembered.
    """

    name: str
    created: str
    mailroom: str
    parameters: dict[str, str] = field(default_factory=dict)


def parsed(manifest: str) -> Snapshot:
    """Read a manifest; raises ValueError if it is malformed."""
    try:
        document = json.loads(manifest)
        name, created, mailroom = (str(document[key]) for key in ("name", "created", "mailroom"))
        datetime.fromisoformat(created)
        parameters = {key: str(value) for key, value in document["parameters"].items()}
    except (TypeError, KeyError, AttributeError) as error:
        raise ValueError(f"its manifest is malformed: {first_line(error)}") from None
    return Snapshot(name, created, mailroom, parameters)


def listed(manifest: Path) -> Snapshot:
    """A snapshot by its folder's name; one of an unknown version if its manifest is malformed."""
    name = manifest.parent.name
    try:
        found = parsed(manifest.read_text())
        return Snapshot(name, found.created, found.mailroom, found.parameters)
    except (OSError, ValueError):
        return Snapshot(name, datetime.fromtimestamp(0, UTC).isoformat(), "unknown")
