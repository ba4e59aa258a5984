"""`mailroom dead-letters`."""

from mailroom.cli.held import make_app
from mailroom.dead_letters.letters import DEAD_LETTERS

app = make_app(DEAD_LETTERS)
