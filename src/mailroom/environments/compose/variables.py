"""The template parameters of the environment in containers: as a variable, and remembered."""

import json
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from mailroom.errors import Refused


class RememberedParameters:
    """What `mailroom up --compose -p` was given, for the next time.

    Args:
        folder: `Project.state`.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / "compose.json"

    def load(self) -> dict[str, str]:
        """By name; none when there is no file, or it can't be understood."""
        try:
            return dict(json.loads(self._path.read_text())["parameters"])
        except (FileNotFoundError, ValueError, TypeError, KeyError):
            return {}

    def save(self, parameters: Mapping[str, str]) -> None:
        """Remember these and no others."""
        if not parameters:
            self.remove()
            return
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._path.write_text(json.dumps({"parameters": dict(parameters)}, indent=2))

    def remove(self) -> None:
        """Forget them, and delete the folder if nothing else is in it."""
        self._path.unlink(missing_ok=True)
        with suppress(OSError):
            self._path.parent.rmdir()


def given_parameters(text: str) -> dict[str, str]:
    """Template parameters out of `NAME=VALUE NAME=VALUE`.

    Raises:
        Refused: A word is not of that form.
    """
    pairs = [word.partition("=") for word in text.split()]
    malformed = [name for name, equals, _ in pairs if not equals]
    if malformed:
        raise Refused(f"not NAME=VALUE in MAILROOM_PARAMETERS: {', '.join(malformed)}")
    return {name: value for name, _, value in pairs}


def as_text(parameters: Mapping[str, str]) -> str:
    """Template parameters as MAILROOM_PARAMETERS takes them.

    Raises:
        Refused: A value holds white space, which would end it.
    """
    broken = [name for name, value in parameters.items() if value != "".join(value.split())]
    if broken:
        raise Refused(f"white space in a parameter's value: {', '.join(broken)}")
    return " ".join(f"{name}={value}" for name, value in parameters.items())
