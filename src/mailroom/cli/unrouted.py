"""`mailroom unrouted`."""

from mailroom.cli.held import make_app
from mailroom.dead_letters.letters import UNROUTED

app = make_app(UNROUTED)
