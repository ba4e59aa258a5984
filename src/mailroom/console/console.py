"""What all pages share: the environment that is shown, its measurements, and the token."""

import secrets
from dataclasses import dataclass, field

from mailroom.console.flow_model import Flows
from mailroom.console.going import Counts
from mailroom.console.measurements import Measurements
from mailroom.console.source import Source
from mailroom.project import Project


@dataclass(frozen=True)
class Console:
    """A running console.

    Attributes:
        project: The checkout.
        source: Finds the environment.
        port: The port on 127.0.0.1 at which it is served.
        token: Every form that changes something must have it. It is another one for each process.
    """

    project: Project
    source: Source
    port: int
    token: str = field(default_factory=lambda: secrets.token_urlsafe(24), repr=False)
    measurements: Measurements = field(default_factory=Measurements)
    flows: Flows = field(default_factory=Flows)
    counts: Counts = field(default_factory=Counts)
