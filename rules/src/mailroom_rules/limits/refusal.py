"""An error of AWS's that a request is refused with."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Refusal:
    """Its code, its message and its HTTP status."""

    code: str
    message: str
    status: int = 400
