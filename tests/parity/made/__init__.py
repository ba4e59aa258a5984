"""What the behaviours make: with names that no other has, and gone at the end of each."""

import uuid

# On AWS whatever has this prefix is the tests' own.
PREFIX = "mailroom-parity-"


def new_name() -> str:
    """A name that nothing else has."""
    return f"{PREFIX}{uuid.uuid4().hex[:12]}"
