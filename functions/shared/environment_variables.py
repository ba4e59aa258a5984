"""Reads environment variables with their types."""

from collections.abc import Mapping

from shared.errors import MissingSetting


class EnvironmentVariables:
    """The environment variables of a function."""

    def __init__(self, variables: Mapping[str, str]) -> None:
        self._variables = variables

    def text(self, name: str) -> str:
        """Return a variable that must not be empty.

        Raises:
            MissingSetting: when it is missing or empty.
        """
        value = self._variables.get(name, "")
        if not value:
            raise MissingSetting(f"environment variable {name} is missing")
        return value

    def positive(self, name: str) -> int:
        """Return a whole number above zero.

        Raises:
            MissingSetting: when it is missing or not such a number.
        """
        value = self.text(name)
        if not value.isascii() or not value.isdigit() or int(value) == 0:
            raise MissingSetting(f"environment variable {name} must be a whole number above 0")
        return int(value)

    def choice(self, name: str, *choices: str) -> str:
        """Return one of the given values.

        Raises:
            MissingSetting: when it is missing or none of them.
        """
        value = self.text(name)
        if value not in choices:
            raise MissingSetting(f"environment variable {name} must be one of {', '.join(choices)}")
        return value

    def pairs(self, name: str) -> dict[str, str]:
        """Return the pairs of a list such as `a=1,b=2`.

        Raises:
            MissingSetting: when it is missing or not such a list.
        """
        pairs = [pair.strip().partition("=") for pair in self.text(name).split(",")]
        if not all(key and value for key, _, value in pairs):
            raise MissingSetting(f"environment variable {name} must be a list such as a=1,b=2")
        return {key: value for key, _, value in pairs}
