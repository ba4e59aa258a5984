"""Names of the engines that can play AWS."""

from enum import StrEnum


class EngineName(StrEnum):
    """The engines there are."""

    localstack = "localstack"
    ministack = "ministack"
