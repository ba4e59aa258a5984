"""The paths of a checkout, and of the state of its environment."""

import os
from dataclasses import dataclass
from pathlib import Path

from mailroom.errors import Refused

DEFAULT_STATE = ".mailroom"


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
        """The checkout of the working directory, else the one that this code is part of.

        Args:
            state: Folder of the state; None for `MAILROOM_STATE`, else `.mailroom` in the checkout.

        Raises:
            Refused: There is no checkout.
        """
        candidates = [Path.cwd(), *Path.cwd().parents, Path(__file__).resolve().parents[2]]
        root = next((c for c in candidates if (c / "infra" / "template.yml").is_file()), None)
        if root is None:
            raise Refused(
                "this is not a checkout of Mailroom", "change to the folder that holds infra/"
            )
        chosen = state or Path(os.environ.get("MAILROOM_STATE") or root / DEFAULT_STATE)
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
    def environments(self) -> Path:
        """Folder of the environment configs."""
        return self.root / "infra" / "environments"

    @property
    def code_entries(self) -> dict[str, Path]:
        """The top level of the functions' code without its dependencies: name → path."""
        packages = {
            path.parent.name: path.parent for path in sorted(self.functions.glob("*/__init__.py"))
        }
        return {**packages, "migrations": self.migrations}

    @property
    def logs(self) -> Path:
        return self.state / "logs"

    @property
    def uv(self) -> str:
        """The uv that scripts/install.sh found or installed."""
        own = self.root / ".envs" / "uv" / "bin" / "uv"
        return str(own) if own.exists() else "uv"

    def interpreter(self, environment: str) -> Path:
        """The Python of one of the environments in .envs: `engine` or a Lambda runtime's name."""
        return self.root / ".envs" / environment / "bin" / "python"

    def packages(self, environment: str) -> Path:
        """The installed packages of one of the environments in .envs."""
        return self.root / ".envs" / environment / "lib" / "python3.13" / "site-packages"
