"""`mailroom unrouted`."""

from mailroom.cli.daily.dead_letters import make_app
from mailroom.dead_letters.queued_messages import UNROUTED

app = make_app(UNROUTED)
