"""Where things are: the checkout and the state of the environment that runs from it."""

import os
from dataclasses import dataclass
from pathlib import Path

from mailroom.errors import Refused


@dataclass(frozen=True)
class Project:
    """A checkout of Mailroom.

    Attributes:
        root: The checkout's folder.
        state: Folder of the environment's state: data, logs, builds, process ids.
    """

    root: Path
    state: Path

    @classmethod
    def find(cls, state: Path | None = None) -> "Project":
        """The checkout that the working directory is in, else the one this code is part of.

        Args:
            state: Folder of the state; `MAILROOM_STATE` or `.mailroom` in the checkout if None.

        Raises:
            Refused: There is no checkout.
        """
        candidates = [Path.cwd(), *Path.cwd().parents, Path(__file__).resolve().parents[2]]
        root = next((c for c in candidates if (c / "infra" / "template.yml").is_file()), None)
        if root is None:
            raise Refused(
                "this is not a checkout of Mailroom", "change to the folder that holds infra/"
            )
        chosen = state or Path(os.environ.get("MAILROOM_STATE") or root / ".mailroom")
        return cls(root, chosen.absolute())

    @property
    def template(self) -> Path:
        return self.root / "infra" / "template.yml"

    @property
    def functions(self) -> Path:
        return self.root / "functions"

    @property
    def migrations(self) -> Path:
        return self.root / "infra" / "migrations"

    @property
    def logs(self) -> Path:
        return self.state / "logs"

    @property
    def uv(self) -> str:
        """uv as scripts/install.sh found or installed it."""
        own = self.root / ".envs" / "uv" / "bin" / "uv"
        return str(own) if own.exists() else "uv"

    def interpreter(self, environment: str) -> Path:
        """The Python of one of the environments in .envs: `engine` or a Lambda runtime's name."""
        return self.root / ".envs" / environment / "bin" / "python"

    def packages(self, environment: str) -> Path:
        """The installed packages of one of the environments in .envs."""
        return self.root / ".envs" / environment / "lib" / "python3.13" / "site-packages"
