"""The engines of a rehearsal. A module of its own, as the command line imports it."""

from enum import StrEnum


class EngineName(StrEnum):
    """An engine that emulates AWS."""

    localstack = "localstack"
    ministack = "ministack"
