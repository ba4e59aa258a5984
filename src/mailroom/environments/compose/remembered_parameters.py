"""The template parameters that `mailroom up --compose -p` was given, for the next `up`."""

import json
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path


class RememberedParameters:
    """A file of template parameters.

    Args:
        folder: `Project.state`.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / "compose.json"

    def load(self) -> dict[str, str]:
        """The parameters; none when there is no file, or it is malformed."""
        try:
            return dict(json.loads(self._path.read_text())["parameters"])
        except (FileNotFoundError, ValueError, TypeError, KeyError):
            return {}

    def save(self, parameters: Mapping[str, str]) -> None:
        """Replace the parameters."""
        if not parameters:
            self.remove()
            return
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._path.write_text(json.dumps({"parameters": dict(parameters)}, indent=2))

    def remove(self) -> None:
        """Delete the file, and its folder if that is empty then."""
        self._path.unlink(missing_ok=True)
        with suppress(OSError):
            self._path.parent.rmdir()
