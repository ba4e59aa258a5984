"""Whether policies are enforced."""

import os
from enum import Enum

VARIABLE = "MAILROOM_IAM"


class Mode(Enum):
    """What happens to a call that policies don't allow."""

    ENFORCE = "enforce"
    OBSERVE = "observe"
    OFF = "off"


def configured_mode() -> Mode:
    """Read the mode from the variable `MAILROOM_IAM`; the default is to enforce.

    Raises:
        ValueError: the variable has another value.
    """
    text = os.environ.get(VARIABLE) or Mode.ENFORCE.value
    try:
        return Mode(text)
    except ValueError:
        modes = ", ".join(mode.value for mode in Mode)
        raise ValueError(f"{VARIABLE} is one of {modes}, not {text!r}") from None
